/** Two namespaces and a wire between them, for tests that need real packets but no story. */

export interface Wire {
  /** Names of the namespaces: `10.77.0.1` and `fd77::1` on `wire0`, `…2` on `wire1`. */
  a: string;
  b: string;
  /** Runs a command in one of them; its standard output. Throws when it fails, unless told. */
  inside(netns: string, command: string[], options?: { mayFail?: boolean }): Promise<string>;
}

export async function withWire(prefix: string, work: (wire: Wire) => Promise<void>): Promise<void> {
  // Another run of the same test on this machine has a network of its own.
  const a = `${prefix}${Deno.pid}-a`;
  const b = `${prefix}${Deno.pid}-b`;
  await remove(a, b);
  try {
    for (const netns of [a, b]) await run(["ip", "netns", "add", netns]);
    await run([
      "ip",
      "link",
      "add",
      "wire0",
      "netns",
      a,
      "type",
      "veth",
      "peer",
      "wire1",
      "netns",
      b,
    ]);
    for (const [i, netns] of [a, b].entries()) {
      const device = `wire${i}`;
      await run(["ip", "-n", netns, "addr", "add", `10.77.0.${i + 1}/24`, "dev", device]);
      await run(["ip", "-n", netns, "addr", "add", `fd77::${i + 1}/64`, "dev", device, "nodad"]);
      await run(["ip", "-n", netns, "link", "set", device, "up"]);
      await run(["ip", "-n", netns, "link", "set", "lo", "up"]);
    }
    await work({
      a,
      b,
      inside: (netns, command, options) => run(["ip", "netns", "exec", netns, ...command], options),
    });
  } finally {
    await remove(a, b);
  }
}

async function remove(...names: string[]): Promise<void> {
  for (const name of names) await run(["ip", "netns", "del", name], { mayFail: true });
}

async function run(command: string[], { mayFail = false } = {}): Promise<string> {
  const [file, ...args] = command;
  const { success, stdout, stderr } = await new Deno.Command(file!, { args, stdin: "null" })
    .output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (!success && !mayFail) throw new Error(`${command.join(" ")}: ${text(stderr)}`);
  return text(stdout);
}

export const ping = (address: string, count = 2) => [
  ...["ping", "-n", "-q", "-c", String(count), "-i", "0.2", "-W", "1", address],
];

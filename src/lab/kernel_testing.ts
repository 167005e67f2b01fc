/** What the lab's own tests on the real kernel share. */
import { type Lab, type LabOptions, labUp } from "./lab.ts";
import { run } from "./process.ts";
import { namesIn, netnsFolder } from "./registry.ts";

/** Of this test file's run alone: a lab somebody else has up must not be in a test's way. */
export const prefix = `lht${crypto.randomUUID().slice(0, 8)}`;

/** Registers a test that needs root and a kernel to itself; elsewhere it is shown as ignored. */
export function kernelTest(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore: Deno.uid() !== 0, fn });
}

/** Brings a lab up for the length of `use`, and checks that it leaves nothing. */
export async function withLab(
  id: string,
  options: LabOptions,
  use: (lab: Lab) => Promise<void>,
): Promise<void> {
  const lab = await labUp(id, { prefix, ...options });
  try {
    await use(lab);
  } finally {
    await lab.down();
  }
  const left = await namespacesOf(options.prefix ?? prefix);
  if (left.length > 0) throw new Error(`Lab ${id} left "${left.join('", "')}", must leave nothing`);
}

export async function namespacesOf(prefix: string): Promise<string[]> {
  return (await namesIn(netnsFolder)).filter((name) => name.startsWith(`${prefix}-`));
}

/** Output of a tool in a namespace of the lab; throws when it fails. */
export async function inside(role: string, ...command: string[]): Promise<string> {
  const netns = `/run/netns/${prefix}-${role}`;
  const { exitCode, stdout, stderr } = await run(["nsenter", `--net=${netns}`, ...command]);
  if (exitCode !== 0) throw new Error(`"${command.join(" ")}" in ${netns}: ${stderr}`);
  return stdout;
}

/** One of a namespace's own counters, for example counter("i4-node1", "Ip", "ForwDatagrams"). */
export async function counter(role: string, group: string, name: string): Promise<number> {
  const text = await inside(role, "cat", "/proc/net/snmp");
  const [names = "", values = ""] = text.split("\n").filter((line) =>
    line.startsWith(`${group}: `)
  );
  return Number(values.split(" ")[names.split(" ").indexOf(name)]);
}

/** Packets that the rule with a counter in a table has counted. */
export async function rulePackets(role: string, ...table: string[]): Promise<number> {
  const text = await inside(role, "nft", "list", "table", ...table);
  return Number(/counter packets (\d+)/.exec(text)?.[1]);
}

/** Packets a device has received and sent, and those it ignored for their MAC. */
export async function deviceCounters(role: string, device: string) {
  const text = await inside(role, "ip", "-s", "-s", "-j", "link", "show", device);
  const { rx, tx } = JSON.parse(text)[0].stats64;
  return { rx: rx.packets, tx: tx.packets, otherhost: rx.otherhost ?? 0 };
}

/** Resolves when a process that is not our child has ended. */
export async function ended(pid: number): Promise<void> {
  await run(["tail", `--pid=${pid}`, "-s", "0.01", "-f", "/dev/null"]);
}

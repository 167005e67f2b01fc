/** What a probe says of a machine that lacks something: the true reason, and never "ready". */
import { equal, match } from "node:assert/strict";

const ROOT = new URL("../../", import.meta.url).pathname;

/** Programs that are there but for those left out: links to the machine's own. */
async function pathWithout(folder: string, left: readonly string[]): Promise<void> {
  const seen = new Set(left);
  for (const place of ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin"]) {
    for (const { name } of Deno.readDirSync(place)) {
      if (seen.has(name)) continue;
      seen.add(name);
      await Deno.symlink(`${place}/${name}`, `${folder}/${name}`);
    }
  }
}

async function probeWithout(left: readonly string[]) {
  const folder = await Deno.makeTempDir({ prefix: "lasthop-attack-" });
  try {
    await Deno.mkdir(`${folder}/bin`);
    await pathWithout(`${folder}/bin`, left);
    const ready = `${folder}/ready`;
    const own = ["--incident", "i", "--ingest", "http://127.0.0.1:1", "--spool", `${folder}/spool`];
    // Elsewhere tracefs may be mounted; here nothing is, in a mount namespace of its own.
    const hide =
      'umount -l /sys/kernel/tracing /sys/kernel/debug 2>/dev/null; PATH=$1; shift; "$@"';
    const program = [Deno.execPath(), "run", "-A", "--cached-only", "--no-check"];
    const main = [`--config=${ROOT}deno.json`, `${ROOT}src/cli/main.ts`];
    const words = ["probe", ...own, "--for", "2", "--ready-file", ready, "icmp"];
    const { code, stderr } = await new Deno.Command("unshare", {
      args: [
        ...["-m", "--propagation", "private", "/bin/sh", "-c", hide, "sh", `${folder}/bin`],
        ...[...program, ...main, ...words],
      ],
      stdin: "null",
    }).output();
    const isReady = await Deno.stat(ready).then(() => true, () => false);
    return { code, isReady, said: new TextDecoder().decode(stderr) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("truth: without the program mount it says so, and is not ready", async () => {
  const { code, isReady, said } = await probeWithout(["mount"]);
  match(said, /^lasthop: Cannot trace: the kernel's list of tracepoints .*mount.*not found/m);
  equal([code, isReady].join(), "1,false");
});

Deno.test("truth: without the program unshare it says so, and is not ready", async () => {
  const { code, isReady, said } = await probeWithout(["unshare"]);
  match(said, /^lasthop: Cannot trace: the kernel's list of tracepoints .*unshare/m);
  equal([code, isReady].join(), "1,false");
});

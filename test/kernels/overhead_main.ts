/**
 * `deno task kernels:overhead [--kernel 6.12] [--only WORD]`: what a flow keeps of its rate in a guest of
 * that kernel, under lasthop, plain bpftrace and pwru, which needs kprobes; with `--tier` what each
 * program of the deeper scripts takes of a packet. `docs/overhead.md` reads it.
 */
import { parseArgs } from "node:util";
import { execa } from "execa";
import { boot } from "./machine/boot.ts";
import { machineOf, MACHINES } from "./machine/machine.ts";
import { makePrograms } from "./machine/programs.ts";
import { openSuite } from "./machine/suite.ts";

const GUEST = new URL("./guest/", import.meta.url).pathname;

const { values } = parseArgs({
  options: {
    kernel: { type: "string", default: "6.12" },
    only: { type: "string", default: "" },
    /** What each program takes of a packet, instead of what a flow keeps of its rate. */
    tier: { type: "boolean", default: false },
  },
});
const folder = await Deno.makeTempDir({ prefix: "lasthop-kernels-" });
const stopping = new AbortController();
const stop = () => stopping.abort();
for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, stop);
try {
  const machine = await machineOf(values.kernel, console.error);
  const [work, out, apt] = ["work", "out", "apt"].map((name) => `${folder}/${name}`);
  for (const path of [work!, out!, apt!]) await Deno.mkdir(path);
  const program = values.tier ? "tier" : "overhead";
  await makePrograms(`${folder}/programs.img`, program);
  const errand = await Deno.readTextFile(`${GUEST}main.sh`);
  await Deno.writeTextFile(`${work}/main.sh`, errand.replaceAll("record.ts", `${program}.ts`));
  await Deno.writeTextFile(`${work}/only`, values.only);
  if (!values.tier) await unpackPwru(MACHINES[values.kernel]!.suite, apt!, `${work}/pwru`);
  const status = await boot(machine, {
    programs: `${folder}/programs.img`,
    work: work!,
    out: out!,
    onLine: (line) => console.log(line),
    signal: stopping.signal,
  });
  Deno.exitCode = status;
} finally {
  await Deno.remove(folder, { recursive: true });
  for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.removeSignalListener(signal, stop);
}

/** The suite's pwru with the libraries that it needs; the guest has others of its own. */
async function unpackPwru(suite: string, apt: string, into: string): Promise<void> {
  const { apt: options } = await openSuite(suite, apt);
  const install = ["-q", "-y", "--no-install-recommends", "--download-only", "install", "pwru"];
  await execa("apt-get", [...options, ...install], { stdin: "ignore" });
  const unpacking = `mkdir -p "$2"
    for deb in "$1"/*.deb; do
      dpkg-deb --fsys-tarfile "$deb" |
        tar -x -C "$2" --wildcards './usr/bin/pwru' './usr/lib*/*.so*' 2>/dev/null
    done
    test -x "$2/usr/bin/pwru"`;
  await execa("sh", ["-c", unpacking, "sh", `${apt}/cache/archives`, into], { stdin: "ignore" });
}

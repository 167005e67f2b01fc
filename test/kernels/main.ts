/**
 * `deno task kernels [record] [CASE…]`: networks with a fault and their healthy twins on kernels of
 * Debian, each in a guest. `record` keeps what was told as fixtures that `lasthop test` judges.
 */
import { parseArgs } from "node:util";
import { execa } from "execa";
import { reportOf, textOf, wrongIn } from "./bench/judged.ts";
import { RECORDED } from "./bench/recorded.ts";
import { type Case, readCases, type Run, runsOf } from "./bench/runs.ts";
import { boot } from "./machine/boot.ts";
import { type Machine, machineOf } from "./machine/machine.ts";
import { makePrograms } from "./machine/programs.ts";

const GUEST = new URL("./guest/", import.meta.url).pathname;
const CASES = new URL("./cases/", import.meta.url).pathname;

const { values, positionals } = parseArgs({
  args: Deno.args,
  allowPositionals: true,
  options: {
    kernel: { type: "string", multiple: true, default: ["6.12"] },
    /** Runs that are traced together, in one guest. */
    together: { type: "string", default: "16" },
    /** `fault` or `healthy`: those runs alone. */
    only: { type: "string" },
    /** What the guests bring out stays in this folder. */
    keep: { type: "string" },
    /** Judges what a guest of that kernel brought out before, in this folder, and boots none. */
    brought: { type: "string" },
  },
});
const isRecording = positionals[0] === "record";
const words = positionals.slice(isRecording ? 1 : 0);

const progress = (text: string) => console.error(text);
let wrong = 0;
const cases = readCases(words);
if (cases.length === 0) {
  progress(`No case is named so: ${words.join(" ")}`);
  Deno.exit(2);
}
if (values.brought !== undefined) {
  for (const kernel of values.kernel) {
    for (const { one, run } of runsOn(kernel)) {
      const isThere = await Deno.stat(`${values.brought}/${run.name}.said`).catch(() => null);
      if (isThere) await judge(kernel, one, run, values.brought);
    }
  }
  Deno.exit(wrong === 0 ? 0 : 1);
}
const needed = ["qemu-system-x86_64", "mmdebstrap", "cpio", "busybox", "mke2fs", "depmod"];
const missing = needed.filter((name) => !isThere(name));
if (missing.length > 0) {
  progress(
    `Cannot boot guests: ${missing.join(", ")} missing, install them: apt-get install ` +
      "qemu-system-x86 mmdebstrap cpio busybox-static e2fsprogs kmod zstd xz-utils",
  );
  Deno.exit(2);
}

const folder = values.keep ?? await Deno.makeTempDir({ prefix: "lasthop-kernels-" });
await Deno.mkdir(folder, { recursive: true });
const stopping = new AbortController();
const stop = () => stopping.abort();
for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, stop);
try {
  await makePrograms(`${folder}/programs.img`);
  for (const kernel of values.kernel) {
    const machine = await machineOf(kernel, progress);
    const runs = runsOn(kernel);
    for (let i = 0; i < runs.length; i += Number(values.together)) {
      await inOneGuest(machine, runs.slice(i, i + Number(values.together)), i);
    }
  }
} finally {
  if (values.keep === undefined) await Deno.remove(folder, { recursive: true });
  for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.removeSignalListener(signal, stop);
}
Deno.exit(wrong === 0 ? 0 : 1);

function runsOn(kernel: string): { one: Case; run: Run }[] {
  return cases.filter((one) => one.without[kernel] === undefined)
    .flatMap((one) => runsOf(one).map((run) => ({ one, run })))
    .filter(({ run }) =>
      values.only === undefined || run.isHealthy === (values.only === "healthy")
    );
}

async function inOneGuest(
  machine: Machine,
  pairs: { one: Case; run: Run }[],
  number: number,
): Promise<void> {
  const [work, out] = [`${folder}/work`, `${folder}/${machine.kernel}-${number}`];
  await Deno.remove(work, { recursive: true }).catch(() => {});
  await Deno.mkdir(work);
  await Deno.mkdir(out, { recursive: true });
  await execa("cp", ["-r", `${GUEST}.`, work]);
  await execa("cp", ["-r", CASES, `${work}/cases`]);
  await Deno.writeTextFile(
    `${work}/runs.json`,
    JSON.stringify({ runs: pairs.map(({ run }) => run) }),
  );
  await boot(machine, {
    programs: `${folder}/programs.img`,
    work,
    out,
    onLine: (line) => progress(`${machine.kernel} ${line}`),
    signal: stopping.signal,
  });
  for (const { one, run } of pairs) await judge(machine.kernel, one, run, out);
}

async function judge(kernel: string, one: Case, run: Run, out: string): Promise<void> {
  const brought = `${out}/${run.name}.archive.gz`;
  if (!await Deno.stat(brought).catch(() => null)) {
    wrong++;
    console.log(`${kernel} ${run.name}: not built; see ${out}/${run.name}.said`);
    return;
  }
  const report = await reportOf(brought);
  const fault = wrongIn(report, one, run.isHealthy, kernel);
  if (fault !== null) wrong++;
  console.log(`${kernel} ${run.name}: ${fault ?? "right"}`);
  if (fault !== null) console.log(textOf(report));
  // What was recorded before stays: a fixture must tell the truth.
  if (!isRecording || fault !== null) return;
  await Deno.mkdir(`${RECORDED}/${kernel}`, { recursive: true });
  await Deno.copyFile(brought, `${RECORDED}/${kernel}/${run.name}.archive.gz`);
  await Deno.writeTextFile(`${RECORDED}/${kernel}/${run.name}.expected`, textOf(report));
}

function isThere(name: string): boolean {
  const path = `${Deno.env.get("PATH")}:/usr/sbin:/sbin`;
  return path.split(":").some((folder) => {
    try {
      return Deno.statSync(`${folder}/${name}`).isFile;
    } catch {
      return false;
    }
  });
}

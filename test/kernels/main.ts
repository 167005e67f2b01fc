/**
 * `deno task kernels [record] [CASE…]`: networks with a fault and their healthy twins on kernels of
 * Debian, each in a guest. `record` keeps what was told as fixtures that `lasthop test` judges.
 */
import { parseArgs } from "node:util";
import { execa } from "execa";
import { missingPrograms } from "../../deploy/programs.ts";
import { reportOf, textOf, wrongIn } from "./bench/judged.ts";
import { joined } from "./bench/joined.ts";
import { RECORDED } from "./bench/recorded.ts";
import { type Case, readCases, type Run, runsOf, type Side } from "./bench/runs.ts";
import { boot } from "./machine/boot.ts";
import { type Machine, machineOf } from "./machine/machine.ts";
import { makePrograms } from "./machine/programs.ts";
import { endFabric, makeFabric, wireAddress, WIRES_MAX } from "./machine/wires.ts";

const GUEST = new URL("./guest/", import.meta.url).pathname;
const CASES = new URL("./cases/", import.meta.url).pathname;

/** A case and one of its two forms. */
interface Pair {
  one: Case;
  run: Run;
}

const { values, positionals } = parseArgs({
  args: Deno.args,
  allowPositionals: true,
  options: {
    kernel: { type: "string", multiple: true, default: ["6.12"] },
    /** Runs that are traced together, in one guest. */
    together: { type: "string", default: "16" },
    /** `fault` or `healthy`: those runs alone. */
    only: { type: "string" },
    /** The words are names of runs, each as it is: `bond-down-healthy` is the twin alone. */
    exact: { type: "boolean", default: false },
    /** Only runs that are not recorded on that kernel yet. */
    missing: { type: "boolean", default: false },
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
const cases = readCases(values.exact ? words.map((one) => one.replace(/-healthy$/, "")) : words);
if (cases.length === 0) {
  progress(`No case is named so: ${words.join(" ")}`);
  Deno.exit(2);
}
if (values.brought !== undefined) {
  for (const kernel of values.kernel) {
    for (const { one, run } of runsOn(kernel)) {
      if (isThere(`${values.brought}/${run.name}.archive.gz`)) {
        await judge(kernel, one, run, values.brought);
      }
    }
  }
  Deno.exit(wrong === 0 ? 0 : 1);
}
const needed = ["qemu-system-x86_64", "mmdebstrap", "cpio", "busybox", "mke2fs", "depmod"];
const missing = missingPrograms(needed);
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
    // Two machines cost little more than one: what needs one alone is run on the near one meanwhile.
    runs.sort((a, b) => b.run.far.length - a.run.far.length);
    for (let from = 0, size; from < runs.length; from += size) {
      const next = runs.slice(from, from + Number(values.together));
      const wires = next.filter(({ run }) => run.far.length > 0).length;
      size = wires > WIRES_MAX ? WIRES_MAX : next.length;
      await inGuests(machine, next.slice(0, size), from);
    }
  }
} finally {
  if (values.keep === undefined) await Deno.remove(folder, { recursive: true });
  for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.removeSignalListener(signal, stop);
}
Deno.exit(wrong === 0 ? 0 : 1);

function runsOn(kernel: string): Pair[] {
  return cases.filter((one) => one.without[kernel] === undefined)
    .flatMap((one) => runsOf(one).map((run) => ({ one, run })))
    .filter(({ run }) => values.only === undefined || run.isHealthy === (values.only === "healthy"))
    .filter(({ run }) => !values.exact || words.includes(run.name))
    .filter(({ run }) => !values.missing || !isThere(`${RECORDED}/${kernel}/${run.name}.expected`));
}

/** One guest, or two that are joined where runs need them. */
async function inGuests(machine: Machine, pairs: Pair[], number: number): Promise<void> {
  const out = `${folder}/${machine.kernel}-${number}`;
  const runs = pairs.map(({ run }) => run);
  const wired = runs.filter(({ far }) => far.length > 0);
  const sockets = await Deno.makeTempDir({ prefix: "lasthop-wires-" });
  const sides: Side[] = wired.length > 0 ? ["near", "far"] : ["near"];
  const kinds = wired.map(({ wire }) => wire);
  const netns = kinds.some((kind) => kind !== "plain") ? await makeFabric(kinds) : undefined;
  try {
    await Promise.all(sides.map(async (side) => {
      const [work, own] = [`${folder}/work-${side}`, `${out}/${side}`];
      await Deno.remove(work, { recursive: true }).catch(() => {});
      await Deno.mkdir(own, { recursive: true });
      await execa("cp", ["-r", `${GUEST}.`, work]);
      await execa("cp", ["-r", CASES, `${work}/cases`]);
      const wires = wired.map(({ name }, i) => [name, wireAddress(side, i)]);
      const errand = {
        runs: side === "near" ? runs : wired,
        side,
        wires: Object.fromEntries(wires),
      };
      await Deno.writeTextFile(`${work}/runs.json`, JSON.stringify(errand));
      const status = await boot(machine, {
        programs: `${folder}/programs.img`,
        work,
        out: own,
        joining: wired.length > 0 ? { side, folder: sockets, wires: kinds, netns } : undefined,
        onLine: (line) => progress(`${machine.kernel} ${side} ${line}`),
        signal: stopping.signal,
      });
      // The other one would wait for it.
      if (status !== 0) stop();
    }));
  } finally {
    if (netns !== undefined) await endFabric(netns);
    await Deno.remove(sockets, { recursive: true });
  }
  for (const { one, run } of pairs) {
    await joinedOf(out, run.far.length > 0 ? sides : ["near"], run.name);
    await judge(machine.kernel, one, run, out);
  }
}

async function joinedOf(out: string, sides: readonly Side[], name: string): Promise<void> {
  const parts = sides.map((side) => `${out}/${side}/${name}.archive.gz`);
  if (parts.every(isThere)) await joined(parts, `${out}/${name}.archive.gz`);
}

async function judge(kernel: string, one: Case, run: Run, out: string): Promise<void> {
  const brought = `${out}/${run.name}.archive.gz`;
  if (!await Deno.stat(brought).catch(() => null)) {
    wrong++;
    console.log(`${kernel} ${run.name}: not built; see ${run.name}.said in ${out}`);
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

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

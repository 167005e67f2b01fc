/**
 * What a flow keeps of its rate, and what its round trips take, while something watches:
 * `deno task bench:overhead [--rounds 5] [--seconds 1] [--only WORD] [--tcpdump FILE] [--costs]`.
 * Every run stands between two runs with nothing attached, and only its ratio to them is told.
 * `--costs` also lets the kernel measure each program; with FAMILY=6 the pods speak IPv6. As root; `docs/overhead.md` reads it.
 */
import { execa } from "execa";
import { parseArgs } from "node:util";
import { bpftraceOf } from "../bpftrace/debian.ts";
import { costsOf, measure } from "./overhead/costs.ts";
import { figureOf, ratioOf } from "./overhead/figures.ts";
import { type Flood, flood, roundTrips } from "./overhead/load.ts";
import { buildOverlay, removeOverlay } from "./overhead/overlay.ts";
import {
  HIT,
  MISS,
  NOTHING,
  plain,
  recorder,
  scripts,
  steadyScripts,
  tcpdumps,
  type Watcher,
  type Watching,
  wholeTrace,
} from "./overhead/watchers.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "1" },
    only: { type: "string", default: "" },
    tcpdump: { type: "string", default: "tcpdump" },
    costs: { type: "boolean", default: false },
  },
});
const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)];

/** What counting costs is the difference to this. */
const NOT_COUNTED = { counters: 0 };

interface Row {
  rates: number[];
  perCpu: number[];
  arrived: number[];
  p99: number[];
  attachMs: number[];
  lines: number;
  lost: number;
}

/** All that may watch, as far as this machine has it. */
async function watchersOf(): Promise<Watcher[]> {
  const list = [
    NOTHING,
    scripts("lasthop's scripts, miss", MISS),
    scripts("lasthop's scripts, hit, a burst", HIT),
    steadyScripts("lasthop's scripts, hit, for long", HIT),
    steadyScripts("lasthop's scripts, hit, for long, not counted", HIT, undefined, NOT_COUNTED),
    recorder("lasthop's recorder"),
    wholeTrace("lasthop trace, miss", MISS),
    wholeTrace("lasthop trace, hit", HIT),
    plain("plain bpftrace, miss", false),
    plain("plain bpftrace, printing", true),
  ];
  if ((await execa(values.tcpdump, ["--version"], { reject: false })).failed) {
    console.error(`not measured: "${values.tcpdump}" does not run: apt-get install tcpdump`);
  } else {
    list.push(
      tcpdumps("tcpdump on each device, miss", MISS, values.tcpdump),
      tcpdumps("tcpdump on each device, hit", HIT, values.tcpdump),
    );
  }
  for (const suite of ["trixie", "sid"]) {
    const other = await bpftraceOf(suite);
    if (typeof other === "string") {
      console.error(`not measured: ${other}`);
      continue;
    }
    const { version, binary } = other;
    list.push(
      scripts(`lasthop's scripts, miss, ${version}`, MISS, binary),
      scripts(`lasthop's scripts, hit, a burst, ${version}`, HIT, binary),
      steadyScripts(`lasthop's scripts, hit, for long, ${version}`, HIT, binary),
      steadyScripts(
        `lasthop's scripts, hit, for long, not counted, ${version}`,
        HIT,
        binary,
        NOT_COUNTED,
      ),
      recorder(`lasthop's recorder, ${version}`, binary),
      plain(`plain bpftrace, printing, ${version}`, true, binary),
    );
  }
  return list.filter(({ name }) => name === NOTHING.name || name.includes(values.only));
}

const watchers = await watchersOf();
const rows = new Map<string, Row>();
await buildOverlay();
try {
  let [before] = await run();
  for (let round = 0; round < rounds; round++) {
    for (const watcher of watchers) before = await row(watcher, before);
  }
  print();
  if (values.costs) {
    for (const watcher of watchers) await costs(watcher);
  }
} finally {
  await removeOverlay();
}

/**
 * The flow, and the 99th of a hundred round trips, which come first: so runs with a watcher and without
 * one have the same before them, and what the kernel has to do after a watcher's end is done. `atFlow`
 * is called when the flow begins.
 */
async function run(atFlow = () => {}): Promise<[Flood, number]> {
  const [, p99] = await roundTrips(seconds);
  atFlow();
  return [await flood(seconds), p99];
}

/** Lets the flow run until no more is told than for long. */
async function untilSteady(perSecond: number, { told }: Watching): Promise<void> {
  for (let tries = 0; tries < 20; tries++) {
    const before = told?.().lines ?? 0;
    await flood(1);
    if ((told?.().lines ?? 0) - before < 1.5 * perSecond) return;
  }
  throw new Error("what is told does not come down to what may be told for long");
}

/** One run of one watcher; returns the run of nothing after it. */
async function row(watcher: Watcher, before: Flood): Promise<Flood> {
  const fromMs = performance.now();
  let watching;
  try {
    watching = await watcher.watch();
  } catch (error) {
    console.error(`${watcher.name}: ${error instanceof Error ? error.message : error}`);
    return before;
  }
  const attachMs = performance.now() - fromMs;
  if (watcher.steady !== undefined) await untilSteady(watcher.steady, watching);
  let was = { lines: 0, lost: 0 };
  const [watched, p99] = await run(() => was = { ...was, ...watching.told?.() });
  await watching.end();
  const told = watching.told?.() ?? was;
  const [after] = await run();
  const all = rows.get(watcher.name) ??
    { rates: [], perCpu: [], arrived: [], p99: [], attachMs: [], lines: 0, lost: 0 };
  rows.set(watcher.name, all);
  all.rates.push(ratioOf(watched.perSecond, before.perSecond, after.perSecond));
  all.perCpu.push(ratioOf(watched.perCpuSecond, before.perCpuSecond, after.perCpuSecond));
  all.arrived.push(watched.arrived);
  all.p99.push(p99);
  all.attachMs.push(attachMs);
  all.lines += told.lines - was.lines;
  all.lost += told.lost - was.lost;
  return after;
}

function print(): void {
  const quiet = figureOf(rows.get(NOTHING.name)?.p99 ?? []).median;
  console.log(
    "| attached | keeps | by processor time | arrived | p99 | ready after | lines | lost |\n" +
      "| --- | --- | --- | --- | --- | --- | --- | --- |",
  );
  for (const [name, row] of rows) {
    const share = (values: number[]) => {
      const { median, scatter } = figureOf(values);
      return `${(100 * median).toFixed(0)} ± ${(100 * scatter).toFixed(0)} %`;
    };
    const times = figureOf(row.p99).median / quiet;
    console.log(
      `| ${name} | ${share(row.rates)} | ${share(row.perCpu)} | ${share(row.arrived)} | ` +
        `${times.toFixed(1)} times | ${(figureOf(row.attachMs).median / 1e3).toFixed(1)} s | ` +
        `${row.lines} | ${row.lost} |`,
    );
  }
}

/** Prints what one run of each program takes while the flow passes. */
async function costs(watcher: Watcher): Promise<void> {
  const watching = await watcher.watch();
  if (watching.pid !== undefined) {
    await measure(true);
    await flood(seconds);
    const each = costsOf(watching.pid).filter(({ runs }) => runs > 0)
      .map(({ runs, ns }) => `${(ns / runs).toFixed(0)} ns × ${runs}`);
    await measure(false);
    console.log(`${watcher.name}: ${each.join(", ")}`);
  }
  await watching.end();
}

/**
 * What lasthop costs, all in one run: `deno task bench [PART …]`. Ratios and processor times, each
 * with its noise: least and most of its repetitions. The parts, each of which runs alone:
 *
 * - `verdict` decoding and judging, against JSON.parse;
 * - `held` what the analysis keeps of an event;
 * - `kept` an update, a final report and memory with 10,000, 300,000 and 1 million events kept;
 * - `updates` what a report after one event more, or fewer, costs the analysis by what is kept;
 * - `coming` what share of a processor the analysis takes while 20,000 events a second come;
 * - `unwatched` the last report of an incident that nobody watched while its events came;
 * - `busy` what others notice while events come, and a drop's way to the live stream;
 * - `polled` the live view and reports that are asked for while more comes than is judged;
 * - `streamed` a drop's way to the live stream, by processor time, while more comes than is judged;
 * - `slopes` how cost grows with events, flows, nodes and rules;
 * - `edge` requests of a batch and an incident of many probes on workerd (`deno task bench:edge`);
 * - `kernel` from a drop in this kernel to the live stream; needs root.
 */
import { fileURLToPath } from "node:url";
import { busyRows } from "./goals/busy_rows.ts";
import { loadAverage, print, type Row } from "./goals/figures.ts";
import { comingRows } from "./goals/coming_rows.ts";
import { heldRows } from "./goals/held_rows.ts";
import { keptRows } from "./goals/kept_rows.ts";
import { updateRows } from "./goals/update_rows.ts";
import { polledRows } from "./goals/polled_rows.ts";
import { slopeRows } from "./goals/slope_rows.ts";
import { streamedRows } from "./goals/streamed_rows.ts";
import { unwatchedRows } from "./goals/unwatched_rows.ts";
import { verdictRows } from "./goals/verdict.ts";

const SECONDS = 15;

const failed: string[] = [];

/** Runs another bench, which prints by itself. */
async function other(file: string, ...args: string[]): Promise<Row[]> {
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", fileURLToPath(new URL(file, import.meta.url)), ...args],
    stdin: "null",
  }).spawn().status;
  if (code !== 0) throw new Error(`${file} ended with ${code}`);
  return [];
}

const PARTS: Record<string, () => Row[] | Promise<Row[]>> = {
  verdict: verdictRows,
  held: heldRows,
  kept: () => keptRows([10_000, 300_000, 1_000_000]),
  updates: () => updateRows([10_000, 100_000, 1_000_000]),
  coming: comingRows,
  unwatched: unwatchedRows,
  busy: async () => [
    ...await busyRows(
      { events: 300_000, rate: 50_000, seconds: SECONDS, isAsked: true },
      { healthz: "50 ms" },
    ),
    ...await busyRows(
      { events: 1_000_000, rate: 20_000, seconds: 2 * SECONDS, isAsked: false },
      { drop: "1,000 ms" },
    ),
  ],
  polled: polledRows,
  streamed: streamedRows,
  slopes: slopeRows,
  edge: () => other("edge_bench.ts", "--only", "billed,probes"),
  kernel: () => other("live_bench.ts"),
};

const asked = Deno.args.length > 0 ? Deno.args : Object.keys(PARTS);
const unknown = asked.find((name) => PARTS[name] === undefined);
if (unknown !== undefined) {
  console.error(`There is no part "${unknown}", must be of ${Object.keys(PARTS).join(", ")}`);
  Deno.exit(2);
}
for (const name of asked) {
  const before = loadAverage();
  const from = performance.now();
  try {
    const rows = await PARTS[name]!();
    const minutes = ((performance.now() - from) / 60_000).toFixed(1);
    console.log(`\n${name}, load average ${before} to ${loadAverage()}, ${minutes} min`);
    rows.forEach(print);
  } catch (error) {
    // The others are measured all the same.
    console.error(`\n${name} failed:`, error);
    failed.push(name);
  }
}
if (failed.length > 0) {
  console.error(`\nFailed: ${failed.join(", ")}`);
  Deno.exit(1);
}

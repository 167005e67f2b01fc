/** How the cost of a report, and of one more event, grows with events, flows, nodes and rules. */
import { cpuUsage } from "node:process";
import { Analysis, type AnalysisInput, type Batch } from "../../../src/analysis/mod.ts";
import { dropOf, pings } from "../edge/pings.ts";
import { incidentOf } from "../state/judging.ts";
import { figureOf, type Row, slopeOf } from "./figures.ts";
import { batchOf } from "./ping_batch.ts";

const ROUNDS = 3;
const UPDATES = 5;
const BASE = { nodes: 10, flows: 1_000, events: 24_000 };
/** In each series the other two stay as they are in `BASE`. */
const SERIES = {
  events: [12_000, 24_000, 48_000, 96_000],
  flows: [100, 500, 1_000, 3_000],
  nodes: [2, 10, 50, 200],
} as const;
const RULES = [1_000, 4_000, 16_000];

/** The rows of each series: the slope, and how well a line tells it. */
export function slopeRows(): Row[] {
  const rows: Row[] = [];
  for (const [name, values] of Object.entries(SERIES)) {
    const fresh: [number, number][] = [];
    const updates: [number, number][] = [];
    for (const value of values) {
      const batches = batchesOf({ ...BASE, [name]: value });
      for (let round = 0; round < ROUNDS; round++) {
        const { freshMs, updateMs } = costs(batches);
        fresh.push([value, freshMs]);
        updates.push([value, updateMs]);
      }
    }
    rows.push(...rowsOf(`report from nothing, by ${name}`, name, fresh));
    rows.push(...rowsOf(`report after one event more, by ${name}`, name, updates));
  }
  const judged = RULES.flatMap((rules) => {
    const input = incidentOf("services", rules);
    return Array.from({ length: ROUNDS }, (): [number, number] => [
      rules,
      cpuMsOf(() => new Analysis().report(input)),
    ]);
  });
  rows.push(...rowsOf("report of 50 drops, by rules", "rules", judged));
  return rows;
}

function rowsOf(what: string, name: string, pairs: readonly (readonly [number, number])[]): Row[] {
  const { slope, base, fit } = slopeOf(pairs);
  return [
    {
      what: `${what}: each more`,
      figure: figureOf([slope * 1000]),
      unit: `µs/${name.slice(0, -1)}`,
    },
    { what: `${what}: with none`, figure: figureOf([base]), unit: "ms" },
    { what: `${what}: how well a line tells it`, figure: figureOf([fit]), unit: "R²" },
  ];
}

/** Processor time of some work, ms. */
export function cpuMsOf(work: () => unknown): number {
  const before = cpuUsage();
  work();
  const { user, system } = cpuUsage(before);
  return (user + system) / 1000;
}

function costs(batches: readonly Batch[]): { freshMs: number; updateMs: number } {
  const analysis = new Analysis();
  const given = [...batches];
  const report = () => analysis.report(inputOf(given));
  const freshMs = cpuMsOf(report);
  const times: number[] = [];
  for (let i = 0; i < UPDATES; i++) {
    given.push(batchOf(dropOf("bench", 0, 1_000_000 + i, 1_000_000 + i)));
    times.push(cpuMsOf(report));
  }
  return { freshMs, updateMs: figureOf(times).median };
}

const inputOf = (batches: Batch[]): AnalysisInput => ({
  incident: "bench",
  batches,
  filter: "",
  closed: false,
  evicted: 0,
});

const batchesOf = (shape: typeof BASE): Batch[] =>
  Array.from(pings({ incident: "bench", ...shape, eventsPerBatch: 1_000 }), batchOf);

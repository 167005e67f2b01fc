/** What the analysis takes of a processor while events come without end: below 1 it keeps up. */
import { cpuUsage } from "node:process";
import { Analysis, type Batch } from "../../../src/analysis/mod.ts";
import { pings } from "../edge/pings.ts";
import { figureOf, type Row } from "./figures.ts";
import { asKept } from "./as_kept.ts";
import { batchOf } from "./ping_batch.ts";

const RATE = 20_000;
const NODES = 20;
const KEPT = 60_000;
const REPORTS = 5;
/** Events that come between two reports, and how many of those that are kept are of one flow. */
const CASES = [
  { each: 4_000, ofFlow: 30 },
  { each: 20_000, ofFlow: 15 },
  { each: 20_000, ofFlow: 30 },
  { each: 20_000, ofFlow: 120 },
  { each: 20_000, ofFlow: 1_500 },
];

/** A row for each. All flows fail, and packets of all of them come. */
export function comingRows(): Row[] {
  return CASES.map(({ each, ofFlow }) => ({
    what: `${KEPT.toLocaleString("en")} kept, ${ofFlow.toLocaleString("en")} a flow, ${
      RATE.toLocaleString("en")
    }/s coming, ${RATE / each} reports a second: CPU`,
    figure: figureOf(shares(each, KEPT / ofFlow)),
    unit: "processors",
    goal: "< 1",
  }));
}

/** Processor time of each report for each second in which its events come. */
function shares(each: number, flows: number): number[] {
  const events = KEPT + (REPORTS + 1) * each;
  const shape = { incident: "bench", nodes: NODES, flows, events, eventsPerBatch: 200 };
  const coming = pings(shape);
  const batches: Batch[] = [];
  const analysis = new Analysis();
  /** Takes so many more, and gives what their report takes. */
  const takeMore = (least: number) => {
    let taken = 0;
    while (taken < least) {
      const { value: body } = coming.next();
      if (!body) throw new Error("There are no more events");
      batches.push(asKept(batchOf(body)));
      taken += body.events;
    }
    const before = cpuUsage();
    analysis.report({
      incident: "bench",
      filter: "",
      closed: false,
      evicted: 0,
      batches: batches.slice(),
    });
    const { user, system } = cpuUsage(before);
    return (user + system) / 1e6 / (taken / RATE);
  };
  takeMore(KEPT);
  return Array.from({ length: REPORTS }, () => takeMore(each));
}

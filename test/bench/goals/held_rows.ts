/** What the analysis keeps of an event from one report to the next, by how many a flow has. */
import { memoryUsage } from "node:process";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Analysis } from "../../../src/analysis/mod.ts";
import { pings } from "../edge/pings.ts";
import { asKept } from "./as_kept.ts";
import { figureOf, type Row } from "./figures.ts";
import { batchOf } from "./ping_batch.ts";

const EVENTS = 48_000;
/** 15 as the ingest's figures have them; 1,500 are few flows of many packets. */
const EVENTS_PER_FLOW = [15, 30, 1_500];

/** A row for each: bytes of heap that are reachable from an analysis and its last report. */
export function heldRows(): Row[] {
  // So that a first one brings what is kept once.
  heldBytes(30);
  return EVENTS_PER_FLOW.map((each) => ({
    what: `kept by the analysis, ${each.toLocaleString("en")} events a flow, all unanswered`,
    figure: figureOf([heldBytes(each) / EVENTS]),
    unit: "bytes/event",
  }));
}

function heldBytes(eventsPerFlow: number): number {
  const flows = EVENTS / eventsPerFlow;
  const shape = { incident: "bench", nodes: 10, flows, events: EVENTS, eventsPerBatch: 1_000 };
  const batches = Array.from(pings(shape), (body) => asKept(batchOf(body)));
  const before = heap();
  const analysis = new Analysis();
  const about = { incident: "bench", filter: "", closed: false, evicted: 0 };
  const reports = [analysis.report({ ...about, batches })];
  const bytes = heap() - before;
  // What comes after the measuring keeps both until then.
  reports.push(analysis.report({ ...about, batches }));
  return bytes;
}

/** Bytes of the heap after what nobody reaches is gone. */
function heap(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  return memoryUsage().heapUsed;
}

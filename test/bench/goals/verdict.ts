/** Decoding and judging on one core, against JSON.parse of the same events in the same rounds. */
import { cpuUsage } from "node:process";
import { Analysis, type Batch } from "../../../src/analysis/mod.ts";
import { decodeLine, encodeEvent, eventToJson } from "../../../src/event/codec.ts";
import { readRows } from "../../../src/event/read_rows.ts";
import { RowWriter } from "../../../src/event/rows.ts";
import { LocalAnalyst } from "../../../src/ingest/live/analyst.ts";
import { BatchReader } from "../../../src/ingest/intake/batches.ts";
import { DEFAULT_LIMITS } from "../../../src/ingest/limits.ts";
import { pingBatches, textOf } from "../traffic.ts";
import { figureOf, ratioOf, type Row } from "./figures.ts";

const PACKETS = 12_500;
const ROUNDS = 7;

/** Processor time that work took, ms: on a busy machine the wall's time says little. */
async function cpuMsOf(work: () => unknown): Promise<number> {
  const before = cpuUsage();
  await work();
  const { user, system } = cpuUsage(before);
  return (user + system) / 1000;
}

/** The rows of decoding and of all the way from a line to its verdict. */
export async function verdictRows(): Promise<Row[]> {
  const batches = pingBatches(PACKETS);
  const events = batches.flatMap((batch) => batch.events);
  const tsv = events.map(encodeEvent);
  const json = events.map(eventToJson);
  const encoder = new TextEncoder();
  const lines = batches.map((batch) => encoder.encode(batch.events.map(encodeEvent).join("\n")));
  const bodies = batches.map((batch) => encoder.encode(textOf(batch)));
  const works = {
    parse: () => json.forEach((line) => JSON.parse(line)),
    events: () => tsv.forEach((line) => decodeLine(line)),
    rows: () => lines.map(rowsOf),
    decode: () => lines.map((bytes) => readRows(rowsOf(bytes))),
    analyse: () => new Analysis().report({ ...ABOUT, batches }),
    verdict: () => reportOf(bodies, batches),
  };
  const taken: Record<string, number[]> = {};
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, work] of Object.entries(works)) {
      const ms = await cpuMsOf(work);
      // The first round warms up.
      if (round > 0) (taken[name] ??= []).push(ms);
    }
  }
  const speed = (name: string) => ratioOf(taken.parse!, taken[name]!);
  const us = (name: string) => figureOf(taken[name]!.map((ms) => ms * 1000 / events.length));
  return [
    { what: "JSON.parse of an event, CPU", figure: us("parse"), unit: "µs" },
    {
      what: "line to event, against JSON.parse",
      figure: speed("events"),
      unit: "x",
      goal: ">= 0.8",
    },
    { what: "line to row, against JSON.parse", figure: speed("rows"), unit: "x" },
    { what: "line to row to event, against JSON.parse", figure: speed("decode"), unit: "x" },
    { what: "analysis of an event at once, CPU", figure: us("analyse"), unit: "µs" },
    {
      what: "line to verdict, one core, against JSON.parse",
      figure: speed("verdict"),
      unit: "x",
      goal: ">= 0.35",
    },
  ];
}

const ABOUT = { incident: "bench", filter: "", closed: true, evicted: 0 };

function rowsOf(bytes: Uint8Array): Uint8Array {
  const rows = new RowWriter();
  for (let from = 0; from < bytes.length;) {
    const newline = bytes.indexOf(10, from);
    const to = newline < 0 ? bytes.length : newline;
    rows.line(bytes, from, to);
    from = to + 1;
  }
  return rows.block();
}

/** As the ingest has it: bodies to batches, and these to the report of an analyst. */
async function reportOf(bodies: readonly Uint8Array[], batches: readonly Batch[]) {
  const none = { readBatches: async function* () {} };
  const analyst = new LocalAnalyst({ store: none, analysedEventsMax: 0 });
  for (const [i, bytes] of bodies.entries()) {
    const reader = new BatchReader({ limits: DEFAULT_LIMITS, check: () => null });
    for (let from = 0; from < bytes.length;) {
      const to = bytes.indexOf(10, from);
      reader.line(bytes, from, to);
      from = to + 1;
    }
    analyst.stored("bench", i + 1, reader.end()!, []);
  }
  const { whole } = await analyst.report({ ...ABOUT, mark: 0 });
  if (whole === null || batches.length === 0) throw new Error("There is no report");
}

/** The thread that reads bodies: its entry. Batches go out as stores and analysts keep them. */
import { parentPort, workerData } from "node:worker_threads";
import { systemClock } from "../clock.ts";
import { enclosed, type Envelope, opened } from "../envelope.ts";
import type { WholeBatch } from "../intake/batches.ts";
import { batchReader } from "../intake/incident_batches.ts";
import { LocalReadings, type Read, type Reading } from "../intake/reading.ts";
import type { FromReader, ReadingStart, SentRead, ToReader } from "../intake/reading_messages.ts";
import { gzipOf } from "../stores/packed_segment.ts";
import { charsOf } from "../stores/segment.ts";
import { archiveReader } from "./archive_reader.ts";

const port = parentPort!;
const tell = (message: FromReader, moved: ArrayBuffer[] = []) =>
  port.postMessage(enclosed(message), moved);
const { limits } = workerData as ReadingStart;
const readings = new LocalReadings(
  { lineCharsMax: limits.lineCharsMax, clock: systemClock },
  (incident) => incident === null ? archiveReader(limits) : batchReader(limits, incident),
);
const bodies = new Map<number, Reading>();
const encoder = new TextEncoder();

port.on("message", (envelope: Envelope<ToReader>) => {
  const message = opened(envelope);
  const { body } = message;
  const reading = bodies.get(body);
  switch (message.type) {
    case "open":
      bodies.set(body, readings.open(message.kind));
      return;
    case "push":
      return void answer(body, reading!.push(message.bytes));
    case "end":
      return void answer(body, reading!.end());
    case "leave":
      reading?.leave();
      bodies.delete(body);
  }
});

async function answer(body: number, reading: Promise<Read>): Promise<void> {
  try {
    const moved: ArrayBuffer[] = [];
    const read = sent(await reading, moved);
    tell({ type: "read", body, read }, moved);
  } catch (error) {
    tell({ type: "failed", body, why: String(error) });
  }
}

/** What can be sent; memory that is to be moved and not copied is put into `moved`. */
function sent({ problem, batches, ...read }: Read, moved: ArrayBuffer[]): SentRead {
  return {
    ...read,
    batches: batches.map((batch) => packed(batch, moved)),
    problem: problem &&
      { status: problem.status, code: problem.code, detail: problem.message },
  };
}

function packed(batch: WholeBatch, moved: ArrayBuffer[]): WholeBatch {
  const segments = batch.segments.map((segment) => {
    const gzip = gzipOf(segment);
    moved.push(gzip.buffer);
    return { tier: segment.tier, lines: segment.lines, chars: charsOf(segment), gzip, text: "" };
  });
  const { events, states } = batch.told;
  for (const { rows } of events) moved.push(rows.buffer);
  if (batch.states === 0) return { ...batch, segments };
  // As objects they would be copied twice on their way, by the thread that answers.
  const text = encoder.encode(JSON.stringify(states));
  moved.push(text.buffer);
  return { ...batch, segments, told: { events, states: text } };
}

/**
 * A drop's way to the bytes of a live stream while more comes than is judged: by a clock of processor time, that
 * of the thread that answers and of the analyst's together, as on a processor that both have alone.
 */
import { type Analyst, LocalAnalyst } from "../../../src/ingest/live/analyst.ts";
import { Hub } from "../../../src/ingest/live/hub.ts";
import { DEFAULT_LIMITS, limitsWith } from "../../../src/ingest/limits.ts";
import { MemoryStore } from "../../../src/ingest/stores/memory_store.ts";
import { gzipCompression } from "../../../src/ingest/stores/packed_segment.ts";
import { type Body, dropOf, pings } from "../edge/pings.ts";
import { newBatchOf } from "../goals/ping_batch.ts";
import { CpuClock } from "./cpu_clock.ts";

const INCIDENT = "bench";
const NODES = 20;
/** Drops, each of a flow of its own, which no other event is of. */
const DROP_EVERY_MS = 300;
/** So many times a clock that has nothing to do is turned until what the beginning left is done. */
const TURNS = 300;

/** How it is loaded. */
export interface Streaming {
  /** Events that are kept, as many as the store keeps, and the flows they are of. */
  events: number;
  flows: number;
  /** Flows that those are of that come. */
  comingFlows: number;
  rate: number;
  seconds: number;
  /** The viewer asked for differences of lists, as the page and the terminal do. */
  isBrief: boolean;
}

/** What it came to. */
export interface Streamed {
  /** From when a drop came until its flow was on the stream, ms. */
  dropsMs: number[];
  /** How long reports took, ms. */
  reportsMs: number[];
  /** Flows told a second. */
  toldPerSecond: number;
  /** Changes that were told as a whole report. */
  wholes: number;
  bytesPerSecond: number;
}

/** Reads a stream, and tells what was in it. */
async function readStream(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  take: (bytes: number, text: string) => void,
): Promise<void> {
  let tail = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    take(text.length, tail + text);
    // What a piece cut off is looked for once more with the next one.
    tail = text.slice(-64);
  }
}

/** Tells all of it to a hub with one viewer. */
export async function streamed(load: Streaming): Promise<Streamed> {
  const { events, flows, comingFlows, rate, seconds, isBrief } = load;
  const clock = new CpuClock();
  const store = {
    ...DEFAULT_LIMITS.store,
    eventsPerIncidentMax: events,
    bytesPerIncidentMax: 1e12,
  };
  const limits = limitsWith({ store });
  const memory = new MemoryStore(limits.store);
  const about = { id: INCIDENT, title: "", filter: "", createdMs: 0, importing: false };
  await memory.createIncident(about);
  const local = new LocalAnalyst({ store: memory, analysedEventsMax: events });
  const result: Streamed = {
    ...{ dropsMs: [], reportsMs: [], toldPerSecond: 0, wholes: 0, bytesPerSecond: 0 },
  };
  const put = async (body: Body) => {
    const stored = await clock.beside(async () => {
      const batch = newBatchOf(body);
      return { batch, appended: await memory.append(INCIDENT, batch) };
    });
    if (stored.appended.status !== "stored") throw new Error(stored.appended.status);
    hub.stored(INCIDENT, stored.appended.row, stored.batch, stored.appended.evicted);
  };
  const shape = { incident: INCIDENT, nodes: NODES, eventsPerBatch: 2_000 };
  const firstSequences = new Array<number>(NODES + 1).fill(0);
  let coming: Iterator<Body> | null = null;
  let fromMs = Infinity;
  let sent = 0;
  let drops = 0;
  /** Those that did not show yet, by their text in the stream. */
  const waiting = new Map<string, number>();
  /** Takes what has come by now. */
  const takeComing = async () => {
    while (clock.monotonicMs() >= fromMs + 1000 * sent / rate) {
      const body = await clock.beside(() => coming?.next().value);
      if (!body) break;
      await put(body);
      sent += body.events;
    }
    const dropMs = fromMs + DROP_EVERY_MS * drops;
    if (clock.monotonicMs() < dropMs || drops * DROP_EVERY_MS >= 1000 * seconds) return;
    const flow = 1_000_000 + drops;
    waiting.set(`"source":"10.${flow >> 16 & 255}.${flow >> 8 & 255}.${flow & 255}"`, dropMs);
    await put(dropOf(INCIDENT, NODES, drops++, flow));
  };
  let isCounted = false;
  const analyst: Analyst = {
    compression: gzipCompression,
    stored: (...told) => local.stored(...told),
    evicted: (...told) => local.evicted(...told),
    forget: (incident) => local.forget(incident),
    async report(asked) {
      // What comes while a report is made is known to the next one.
      await takeComing();
      const beganMs = clock.monotonicMs();
      const made = await local.report(asked);
      if (!isCounted) return made;
      result.reportsMs.push(clock.monotonicMs() - beganMs);
      result.toldPerSecond += (made.change?.lists.flows?.set.length ?? 0) / seconds;
      return made;
    },
  };
  const hub: Hub = new Hub({ store: memory, clock, limits, analyst });
  for (const body of pings({ ...shape, flows, events })) {
    await put(body);
    firstSequences[body.node]! += 1;
  }
  await hub.report(INCIDENT);
  const more = 2 * rate * seconds;
  coming = pings({ ...shape, flows: comingFlows, events: more, firstSequences });
  const stream = (await hub.live(INCIDENT, null, undefined, { isBrief }))!;
  let isGreeted = false;
  readStream(stream, (bytes, text) => {
    const atMs = clock.monotonicMs();
    isGreeted ||= text.includes("event: report\n");
    if (!isCounted) return;
    result.bytesPerSecond += bytes / seconds;
    if (text.lastIndexOf("event: report\n") >= 64) result.wholes += 1;
    for (const [wanted, cameMs] of waiting) {
      if (!text.includes(wanted)) continue;
      waiting.delete(wanted);
      result.dropsMs.push(atMs - cameMs);
    }
  });
  for (let i = 0; i < TURNS || !isGreeted; i++) await clock.turn();
  isCounted = true;
  fromMs = clock.monotonicMs();
  const endMs = fromMs + 1000 * seconds;
  while (clock.monotonicMs() < endMs) {
    await clock.turn();
    await takeComing();
  }
  isCounted = false;
  // One that did not show by now takes longer than it has waited.
  for (const cameMs of waiting.values()) result.dropsMs.push(endMs - cameMs);
  hub.close();
  return result;
}

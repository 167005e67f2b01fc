/** The analyst's own thread: its entry. It begins with nothing and reads back what it is asked for. */
import { parentPort, workerData } from "node:worker_threads";
import { enclosed, type Envelope, opened } from "../envelope.ts";
import { gzipCompression, PackedSegment } from "../stores/packed_segment.ts";
import type { StoredBatch } from "../stores/store.ts";
import { LocalAnalyst } from "./analyst.ts";
import { type Pack, packsOf, type Spelling } from "./packs.ts";
import { type ListName, LISTS, noItems } from "./spelled.ts";
import type { AnalystStart, FromAnalyst, ToAnalyst } from "./analyst_messages.ts";

const port = parentPort!;
const tell = (message: FromAnalyst, moved: ArrayBuffer[] = []) =>
  port.postMessage(enclosed(message), moved);

/** Who waits for the next batch of a reading. */
interface Waiting {
  resolve: (batch: StoredBatch | null) => void;
  reject: (error: Error) => void;
}

const waiting = new Map<number, Waiting>();
let readings = 0;

/** The batches of an incident, which the store's own thread gives one by one. */
async function* readBatches(incident: string): AsyncGenerator<StoredBatch> {
  const reading = ++readings;
  const ask = (message: FromAnalyst) =>
    new Promise<StoredBatch | null>((resolve, reject) => {
      waiting.set(reading, { resolve, reject });
      tell(message);
    });
  try {
    let batch = await ask({ type: "read", reading, incident });
    while (batch !== null) {
      yield batch;
      batch = await ask({ type: "next", reading });
    }
  } finally {
    waiting.delete(reading);
    tell({ type: "left", reading });
  }
}

const analyst = new LocalAnalyst({
  ...workerData as AnalystStart,
  store: { readBatches },
});

/** A batch as the store gave it. */
function received(batch: StoredBatch | null): StoredBatch | null {
  if (batch === null) return null;
  const segments = batch.segments.map((segment) => {
    const { tier, lines, chars, gzip } = segment;
    if (gzip === undefined || chars === undefined) return segment;
    return new PackedSegment(tier, lines, chars, gzip);
  });
  return { ...batch, segments };
}

/** So many packs, or items that are in none, are told at once. */
const ITEMS_MAX = 100;

/** Compressed here, where nobody waits for anything else, and before it is sent: as text it would be there twice. */
function tellItems(request: number, list: ListName, spellings: Iterable<Spelling | Pack>): void {
  let items: (Pack | Spelling)[] = [];
  const tellThem = () => {
    const packs = items.filter((one) => "ids" in one);
    const moved = packs.flatMap(({ ends, compressed }) => [ends.buffer, compressed.buffer]);
    tell({ type: "spelled", request, list, items }, moved);
    items = [];
  };
  for (const one of packsOf(spellings, gzipCompression)) {
    if (items.push(one) >= ITEMS_MAX) tellThem();
  }
  if (items.length > 0) tellThem();
}

/** Reports that are being made. */
let running = 0;

async function report(request: number, asked: Parameters<LocalAnalyst["report"]>[0]) {
  running += 1;
  try {
    const { whole, ...made } = await analyst.report(asked);
    if (whole === null) return tell({ type: "made", request, made: { ...made, whole } });
    for (const list of LISTS) tellItems(request, list, whole.lists[list]);
    tell({ type: "made", request, made: { ...made, whole: { ...whole, lists: noItems() } } });
  } catch (error) {
    tell({ type: "failed", request, why: String(error) });
  } finally {
    running -= 1;
    if (running === 0 && analyst.isEmpty) tell({ type: "empty" });
  }
}

port.on("message", (envelope: Envelope<ToAnalyst>) => {
  const message = opened(envelope);
  switch (message.type) {
    case "stored":
      return analyst.stored(message.incident, message.row, message.batch, message.evicted);
    case "evicted":
      return analyst.evicted(message.incident, message.evicted);
    case "forget":
      return analyst.forget(message.incident);
    case "report":
      return void report(message.request, message.asked);
    case "batch":
      return waiting.get(message.reading)?.resolve(received(message.batch));
    case "unreadable":
      return waiting.get(message.reading)?.reject(new Error(message.why));
  }
});

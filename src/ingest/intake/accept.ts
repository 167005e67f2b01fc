/** POST of batches: reads the body, stores each whole batch, then says what became of it. */
import { z } from "zod";
import type { Wait } from "./admission.ts";
import type { WholeBatch } from "./batches.ts";
import type { Entry, EntryPort } from "./entry.ts";
import { Gatherer } from "./gather.ts";
import { batchReader } from "./incident_batches.ts";
import { LocalReadings, type Read, type Readings } from "./reading.ts";
import { type BodyOptions, sentBytes } from "../http/body.ts";
import type { Deps } from "../deps.ts";
import type { Metrics } from "../http/metrics.ts";
import { Problem } from "../http/problem.ts";
import { StoreFull } from "../stores/store.ts";

const count = z.number().int().min(0);

/** What became of a body. Everything counted as accepted is durable. */
export const BatchAnswer = z.object({
  /** Batches that were new, and batches that were known already. */
  accepted: count,
  duplicates: count,
  /** Events and states in the accepted batches. */
  events: count,
  states: count,
  /** The first refused lines, from 1 over the whole body; `refusedTotal` counts all. */
  refused: z.array(z.object({ line: z.number().int().min(1), reason: z.string() })),
  refusedTotal: count,
  /**
   * How long a probe with nothing to tell may be silent, ms, as long as there are so many of them.
   * Absent: it speaks every second, as probes do to an ingest of before 2026-11-27.
   */
  quietMs: count.optional(),
  /** It takes states that are told by difference. Absent: an ingest of before 2026-11-30 refuses them. */
  stateDifferences: z.boolean().optional(),
});

/** What became of a body. Everything counted as accepted is durable. */
export type BatchAnswer = z.infer<typeof BatchAnswer>;

/** What was said of a body before it was read, and who is told what it weighed. */
export type BodyAdmission =
  & Pick<Entry, "wait" | "probeWait" | "quietMs">
  & Pick<EntryPort, "charge">;

/** A body that is being accepted, and what that needs. */
export interface Acceptance {
  deps: Deps;
  metrics: Metrics;
  incident: string;
  /** Who reads its lines. */
  readings: Readings;
  /** null: an operator's import, which nothing holds back. */
  admission: BodyAdmission | null;
  /** Told of the first line of an archive. */
  onArchive?: (archive: unknown) => void;
}

/** A body of which something was stored. */
export interface Stored {
  answer: BatchAnswer;
  /** The last that was read of it. */
  read: Read;
}

/**
 * Stores the batches of a body. `body` null: it is empty. Rejects with Problem `load_limited` when the
 * probe, the incident or the account must wait, `nothing_accepted` when there was no good batch, and as
 * `storeAll` does.
 */
export async function acceptBatches(
  acceptance: Omit<Acceptance, "readings">,
  body: ReadableStream<Uint8Array> | null,
  encoding: BodyOptions["encoding"],
): Promise<BatchAnswer> {
  const { deps, metrics, admission } = acceptance;
  // Before the body is read, which is most of the work.
  mustNotWait(admission?.wait ?? null);
  const readings = deps.readings ?? readingsHere(deps);
  const options = bodyOptions(deps, metrics, encoding);
  const { answer, read } = await storeAll({ ...acceptance, readings }, body, options);
  if (answer.accepted + answer.duplicates > 0) return answer;
  const detail = read.headers === 0
    ? "Cannot accept batches: the body has no batch header, must begin with one"
    : "Cannot accept batches: every header was refused, at least one must be good";
  throw new Problem(422, "nothing_accepted", detail, { members: { ...answer } });
}

/** How a body of batches is read. */
export function bodyOptions(
  { limits, clock }: Pick<Deps, "limits" | "clock">,
  metrics: Metrics,
  encoding: BodyOptions["encoding"],
): BodyOptions {
  return {
    encoding,
    clock,
    limits: {
      compressedBytesMax: limits.bodyCompressedBytesMax,
      bytesMax: limits.bodyBytesMax,
      idleMs: limits.bodyIdleMs,
      totalMs: limits.bodyTotalMs,
      bytesPerSecondMin: limits.bodyBytesPerSecondMin,
    },
    onBytes: (bytes) => metrics.add("body_bytes", bytes),
  };
}

/** Reads bodies in this thread, for an ingest that has no other. */
export const readingsHere = ({ limits, clock }: Pick<Deps, "limits" | "clock">): Readings =>
  new LocalReadings(
    { lineCharsMax: limits.lineCharsMax, clock },
    (incident) => batchReader(limits, incident),
  );

/**
 * Stores the whole batches of a body as they come. Rejects with a Problem that tells in its members
 * what was stored before it: that of the body, `lines_refused` when too many of its lines are of no
 * use, `storage_full`, or why an incident took no more. Useless lines are load as well.
 */
export async function storeAll(
  acceptance: Acceptance,
  body: ReadableStream<Uint8Array> | null,
  options: BodyOptions,
): Promise<Stored> {
  const { deps, metrics, incident } = acceptance;
  const { limits } = deps;
  const isImport = acceptance.admission === null;
  const quietMs = acceptance.admission?.quietMs ?? 0;
  const admitted = new Set<string>();
  const tally = { accepted: 0, duplicates: 0, events: 0, states: 0 };
  const refusals: Problem[] = [];
  const charge = acceptance.admission?.charge ?? null;
  const gatherer = new Gatherer(
    { deps, metrics, incident, charge },
    (_, why) => refusals.push(why),
  );
  const reading = acceptance.readings.open({
    incident: isImport ? null : incident,
    encoding: options.encoding,
    bytesMax: options.limits.bytesMax,
    uselessLinesMax: isImport ? limits.archiveUselessLinesMax : limits.uselessLinesMax,
  });
  let read = NOTHING_READ;
  const mustBeTaken = () => {
    for (const why of refusals) throw why;
  };
  const store = async (batch: WholeBatch) => {
    mustNotWait(waitOf(acceptance, admitted, batch.header.probe));
    await gatherer.add(batch, tally);
    mustBeTaken();
  };
  const take = async (next: Read) => {
    read = next;
    if (next.archive !== null) acceptance.onArchive?.(next.archive);
    for (const batch of next.batches) await store(batch);
    if (next.problem !== null) throw next.problem;
  };
  const answered = (): BatchAnswer => {
    const { refused, refusedTotal } = read;
    const quiet = quietMs > 0 ? { quietMs } : {};
    return { ...tally, refused, refusedTotal, ...quiet, stateDifferences: true };
  };
  try {
    const sent = body === null ? empty() : sentBytes(body, options);
    for await (const bytes of flushing(sent, gatherer)) {
      for (let at = 0; at < bytes.length; at += BYTES_AT_ONCE) {
        await take(await reading.push(bytes.subarray(at, at + BYTES_AT_ONCE)));
      }
    }
    await take(await reading.end());
    await gatherer.flush();
    mustBeTaken();
    return { answer: answered(), read };
  } catch (error) {
    // What came before it is stored all the same, unless the store itself has failed.
    await gatherer.flush().catch(() => {});
    throw problemWith(error, answered(), metrics);
  } finally {
    reading.leave();
    await countUseless(acceptance, read);
  }
}

async function* empty(): AsyncGenerator<Uint8Array> {}

/** A sender that pauses for so long, ms, is not waited for with what is whole. */
const STALL_MS = 50;

/** The same bytes; what is gathered is stored while none come. */
async function* flushing(
  sent: AsyncGenerator<Uint8Array>,
  gatherer: Gatherer,
): AsyncGenerator<Uint8Array> {
  try {
    for (;;) {
      const next = sent.next();
      if (gatherer.isHolding && await isLate(next)) await gatherer.flush();
      const { value, done } = await next;
      if (done) return;
      yield value;
    }
  } finally {
    sent.return(undefined).catch(() => {});
  }
}

/** A promise that fails is not late: who awaits it learns why. */
async function isLate(next: Promise<unknown>): Promise<boolean> {
  const late = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => late.resolve(true), STALL_MS);
  const inTime = next.then(() => false, () => false);
  const answer = await Promise.race([late.promise, inTime]);
  clearTimeout(timer);
  return answer;
}

/** Bytes as sent that are read before what they told is stored: some milliseconds' worth. */
export const BYTES_AT_ONCE = 16 * 1024;

const NOTHING_READ: Read = {
  batches: [],
  refused: [],
  refusedTotal: 0,
  strayLines: 0,
  headers: 0,
  uselessLines: 0,
  uselessChars: 0,
  probe: "",
  archive: null,
  problem: null,
};

async function countUseless(
  { deps, metrics, incident, admission }: Acceptance,
  { refusedTotal, uselessLines, uselessChars, strayLines, probe }: Read,
): Promise<void> {
  metrics.add("refused", refusedTotal);
  if (uselessLines > 0) {
    admission?.charge(incident, probe, { events: uselessLines, bytes: uselessChars });
  }
  if (strayLines === 0) return;
  await deps.store.countStrayLines(incident, strayLines).catch(() => {});
  deps.hub.changed(incident);
}

function problemWith(error: unknown, answer: BatchAnswer, metrics: Metrics): unknown {
  if (error instanceof StoreFull) {
    metrics.add("out_of_storage");
    const detail = "Cannot store batch: the disk is full, must have room; send it again later";
    return new Problem(507, "storage_full", detail, {
      headers: { "retry-after": "30" },
      members: { ...answer },
    });
  }
  return error instanceof Problem ? withAnswer(error, answer) : error;
}

/** The same refusal, with what was stored before it. */
export function withAnswer(
  { status, code, message, extra }: Problem,
  answer: BatchAnswer,
): Problem {
  return new Problem(status, code, message, { ...extra, members: { ...answer, ...extra.members } });
}

/** How long the batches of a probe must wait; once let in, all of its batches in this body are. */
function waitOf(
  { admission }: Acceptance,
  admitted: Set<string>,
  probe: string,
): Wait | null {
  if (admission === null || admitted.has(probe)) return null;
  const wait = admission.probeWait(probe);
  if (wait === null) admitted.add(probe);
  return wait;
}

/** Throws Problem `load_limited` when there is something to wait for. */
function mustNotWait(wait: Wait | null): void {
  if (wait !== null) throw whyWait(wait);
}

/** The refusal of a batch that came before its time. */
export function whyWait(wait: Wait): Problem {
  const whose = { probe: "this probe", incident: "this incident", account: "this ingest" };
  const detail = `Cannot accept batch: ${whose[wait.scope]} has sent more than its share, ` +
    `must wait ${wait.seconds} s`;
  return new Problem(429, "load_limited", detail, {
    headers: { "retry-after": String(wait.seconds) },
    members: { scope: wait.scope },
  });
}

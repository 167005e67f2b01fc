/** POST of batches: reads the body, stores each whole batch, then says what became of it. */
import { z } from "zod";
import type { BatchHeader } from "../../event/batch.ts";
import type { Wait } from "./admission.ts";
import { BatchReader, type WholeBatch } from "./batches.ts";
import { type BodyOptions, readText } from "../http/body.ts";
import type { Deps } from "../deps.ts";
import type { Entry, EntryPort } from "./entry.ts";
import { Gatherer } from "./gather.ts";
import { type RawLine, splitLines } from "./lines.ts";
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
  reader: BatchReader;
  /** null: an operator's import, which nothing holds back. */
  admission: BodyAdmission | null;
  /** Probes of this body that were let in: the rest of the body then is, too. */
  admitted: Set<string>;
}

/**
 * Stores the batches of a body. `body` null: it is empty. Rejects with Problem `load_limited` when the
 * probe, the incident or the account must wait, `nothing_accepted` when there was no good batch, and as
 * `storeAll` does.
 */
export async function acceptBatches(
  { deps, metrics, incident, admission }: Pick<
    Acceptance,
    "deps" | "metrics" | "incident" | "admission"
  >,
  body: ReadableStream<Uint8Array> | null,
  encoding: BodyOptions["encoding"],
): Promise<BatchAnswer> {
  const { limits } = deps;
  // Before the body is read, which is most of the work.
  mustNotWait(admission?.wait ?? null);
  const reader = new BatchReader({ limits, check: (header) => checkIncident(header, incident) });
  const acceptance = {
    deps,
    metrics,
    incident,
    reader,
    admission,
    admitted: new Set<string>(),
  };
  const answer = await storeAll(acceptance, body, {
    encoding,
    clock: deps.clock,
    limits: {
      compressedBytesMax: limits.bodyCompressedBytesMax,
      bytesMax: limits.bodyBytesMax,
      idleMs: limits.bodyIdleMs,
      totalMs: limits.bodyTotalMs,
      bytesPerSecondMin: limits.bodyBytesPerSecondMin,
    },
    onBytes: (bytes) => metrics.add("body_bytes", bytes),
  });
  if (answer.accepted + answer.duplicates > 0) return answer;
  const detail = reader.headers === 0
    ? "Cannot accept batches: the body has no batch header, must begin with one"
    : "Cannot accept batches: every header was refused, at least one must be good";
  throw new Problem(422, "nothing_accepted", detail, { members: { ...answer } });
}

function checkIncident(header: BatchHeader, incident: string): string | null {
  if (header.incident === incident) return null;
  return `"incident" is ${JSON.stringify(header.incident)}, must be "${incident}"`;
}

/**
 * Stores the whole batches of a body as they come. Rejects with a Problem that tells in its members
 * what was stored before it: that of the body, `lines_refused` when too many of its lines are of no
 * use, `storage_full`, or why an incident took no more. Useless lines are load as well.
 */
export async function storeAll(
  acceptance: Acceptance,
  body: ReadableStream<Uint8Array> | null,
  options: BodyOptions,
): Promise<BatchAnswer> {
  const { reader, deps, metrics, incident } = acceptance;
  const { refused } = reader;
  const { limits } = deps;
  const isImport = acceptance.admission === null;
  const quietMs = acceptance.admission?.quietMs ?? 0;
  const uselessLinesMax = isImport ? limits.archiveUselessLinesMax : limits.uselessLinesMax;
  let probe = "";
  const refusals: Problem[] = [];
  const charge = acceptance.admission?.charge ?? null;
  const gatherer = new Gatherer(
    { deps, metrics, incident, charge },
    (_, why) => refusals.push(why),
  );
  const mustBeTaken = () => {
    for (const why of refusals) throw why;
  };
  const store = async (batch: WholeBatch) => {
    mustNotWait(waitOf(acceptance, batch.header.probe));
    await gatherer.add(batch, answer);
    mustBeTaken();
  };
  /** Lines since others could run. */
  let sinceOthers = 0;
  const answer: BatchAnswer = {
    accepted: 0,
    duplicates: 0,
    events: 0,
    states: 0,
    refused,
    refusedTotal: 0,
    ...(quietMs > 0 ? { quietMs } : {}),
  };
  try {
    const text = body === null ? empty() : readText(body, options);
    const groups = splitLines(text, deps.limits.lineCharsMax);
    for await (const lines of flushing(groups, gatherer)) {
      for (let at = 0; at < lines.length; at += LINES_AT_ONCE) {
        const whole = reader.push(lines.slice(at, at + LINES_AT_ONCE));
        for (const batch of whole) await store(batch);
        probe = reader.openProbe;
        mustBeOfUse(reader, uselessLinesMax);
        sinceOthers += Math.min(lines.length - at, LINES_AT_ONCE);
        if (sinceOthers < LINES_AT_ONCE) continue;
        sinceOthers = 0;
        await letOthersRun();
      }
    }
    const last = reader.end();
    if (last !== null) await store(last);
    await gatherer.flush();
    mustBeTaken();
  } catch (error) {
    // What came before it is stored all the same, unless the store itself has failed.
    await gatherer.flush().catch(() => {});
    answer.refusedTotal = reader.refusedTotal;
    throw problemWith(error, answer, metrics);
  } finally {
    metrics.add("refused", reader.refusedTotal);
    if (reader.uselessLines > 0) {
      const load = { events: reader.uselessLines, bytes: reader.uselessChars };
      acceptance.admission?.charge(incident, probe, load);
    }
    if (reader.strayLines > 0) {
      await deps.store.countStrayLines(incident, reader.strayLines).catch(() => {});
      deps.hub.changed(incident);
    }
  }
  answer.refusedTotal = reader.refusedTotal;
  return answer;
}

async function* empty(): AsyncGenerator<string> {}

/** A sender that pauses for so long, ms, is not waited for with what is whole. */
const STALL_MS = 50;

/** The same groups; what is gathered is stored while none comes. */
async function* flushing(
  groups: AsyncGenerator<RawLine[]>,
  gatherer: Gatherer,
): AsyncGenerator<RawLine[]> {
  try {
    for (;;) {
      const next = groups.next();
      if (gatherer.isHolding && await isLate(next)) await gatherer.flush();
      const { value, done } = await next;
      if (done) return;
      yield value;
    }
  } finally {
    groups.return(undefined).catch(() => {});
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

/** Lines that are read before other requests get their turn: some milliseconds' worth. */
const LINES_AT_ONCE = 500;

const letOthersRun = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

/** A good sender has few such lines; each costs as much to read as one that is kept. */
function mustBeOfUse({ uselessLines }: BatchReader, linesMax: number): void {
  if (uselessLines <= linesMax) return;
  const detail = `Cannot accept batches: more than ${linesMax} lines were refused or empty, ` +
    "must be fewer in one body";
  throw new Problem(422, "lines_refused", detail);
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
  if (!(error instanceof Problem)) return error;
  const { headers, members } = error.extra;
  return new Problem(error.status, error.code, error.message, {
    ...(headers === undefined ? {} : { headers }),
    members: { ...answer, ...members },
  });
}

/** How long the batches of a probe must wait; once let in, all of its batches in this body are. */
function waitOf({ admission, admitted }: Acceptance, probe: string): Wait | null {
  if (admission === null || admitted.has(probe)) return null;
  const wait = admission.probeWait(probe);
  if (wait === null) admitted.add(probe);
  return wait;
}

function mustNotWait(wait: Wait | null): void {
  if (wait === null) return;
  const whose = { probe: "this probe", incident: "this incident", account: "this ingest" };
  const detail = `Cannot accept batch: ${whose[wait.scope]} has sent more than its share, ` +
    `must wait ${wait.seconds} s`;
  throw new Problem(429, "load_limited", detail, {
    headers: { "retry-after": String(wait.seconds) },
    members: { scope: wait.scope },
  });
}

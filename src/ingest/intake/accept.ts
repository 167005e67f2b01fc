/** POST of batches: reads the body, stores each whole batch, then says what became of it. */
import { z } from "zod";
import type { BatchHeader } from "../../event/batch.ts";
import type { AdmissionPort, Load, Wait } from "./admission.ts";
import { BatchReader, type WholeBatch } from "./batches.ts";
import { type BodyOptions, readText } from "../http/body.ts";
import type { Deps } from "../deps.ts";
import { splitLines } from "./lines.ts";
import type { Metrics } from "../http/metrics.ts";
import { noIncident } from "../access/named_incident.ts";
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
});

/** What became of a body. Everything counted as accepted is durable. */
export type BatchAnswer = z.infer<typeof BatchAnswer>;

/** A body that is being accepted, and what that needs. */
export interface Acceptance {
  deps: Deps;
  metrics: Metrics;
  incident: string;
  reader: BatchReader;
  /** null: an operator's import, which nothing holds back. */
  admission: AdmissionPort | null;
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
  mustNotWait(await admission?.incidentWait(incident) ?? null);
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
  const uselessLinesMax = isImport ? limits.archiveUselessLinesMax : limits.uselessLinesMax;
  let probe = "";
  /** Lines since others could run. */
  let sinceOthers = 0;
  const answer: BatchAnswer = {
    accepted: 0,
    duplicates: 0,
    events: 0,
    states: 0,
    refused,
    refusedTotal: 0,
  };
  try {
    const text = body === null ? empty() : readText(body, options);
    for await (const lines of splitLines(text, deps.limits.lineCharsMax)) {
      for (let at = 0; at < lines.length; at += LINES_AT_ONCE) {
        const whole = reader.push(lines.slice(at, at + LINES_AT_ONCE));
        for (const batch of whole) await storeOne(acceptance, batch, answer);
        probe = reader.openProbe;
        mustBeOfUse(reader, uselessLinesMax);
        sinceOthers += Math.min(lines.length - at, LINES_AT_ONCE);
        if (sinceOthers < LINES_AT_ONCE) continue;
        sinceOthers = 0;
        await letOthersRun();
      }
    }
    const last = reader.end();
    if (last !== null) await storeOne(acceptance, last, answer);
  } catch (error) {
    answer.refusedTotal = reader.refusedTotal;
    throw problemWith(error, answer, metrics);
  } finally {
    metrics.add("refused", reader.refusedTotal);
    if (reader.uselessLines > 0) {
      const load = { events: reader.uselessLines, bytes: reader.uselessChars };
      await acceptance.admission?.charge(incident, probe, load);
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

/** What a batch weighs, whether or not it was known already: reading it cost the same. */
function loadOf({ events, segments }: WholeBatch): Load {
  return { events: events.length, bytes: segments.reduce((sum, s) => sum + s.text.length, 0) };
}

async function storeOne(
  { deps, metrics, incident, admission, admitted }: Acceptance,
  batch: WholeBatch,
  answer: BatchAnswer,
): Promise<void> {
  const { header, segments, refused, evicted } = batch;
  const { probe } = header;
  if (admission !== null && !admitted.has(probe)) {
    mustNotWait(await admission.probeWait(incident, probe));
    admitted.add(probe);
  }
  const whole = { header, segments, refused, evicted };
  const result = await deps.store.append(incident, whole, deps.clock.wallMs());
  await admission?.charge(incident, probe, loadOf(batch));
  switch (result.status) {
    case "stored":
      answer.accepted += 1;
      answer.events += batch.events.length;
      answer.states += batch.states.length;
      metrics.add("batches");
      metrics.add("events", batch.events.length);
      metrics.add("states", batch.states.length);
      metrics.add("evicted", result.evicted.length);
      deps.hub.stored(incident, result.row, batch, result.evicted);
      return;
    case "duplicate":
      answer.duplicates += 1;
      metrics.add("duplicates");
      return;
    case "missing":
      throw noIncident(incident);
    case "closed":
      throw new Problem(
        409,
        "incident_closed",
        `Cannot accept batch: incident "${incident}" is closed, must be open`,
      );
    case "full":
      throw new Problem(
        409,
        "incident_full",
        `Cannot accept batch: incident "${incident}" is full of batch headers, ` +
          `must be closed and a new one created`,
      );
    case "account-full":
      throw new Problem(
        507,
        "account_full",
        "Cannot store batch: all incidents together are as large as allowed, one must be deleted",
        { headers: { "retry-after": "30" } },
      );
  }
}

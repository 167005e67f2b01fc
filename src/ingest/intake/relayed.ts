/**
 * A body of batches of several senders, as a relay forwards them: each sender's line, then its batches.
 * A sender is who it is by its own token, and gets an answer of its own, as if it had come itself.
 */
import { joinBytes } from "../../event/bytes.ts";
import type { Deps } from "../deps.ts";
import { whoseToken, whyNotAllowed } from "../access/auth.ts";
import { noIncident } from "../access/named_incident.ts";
import { checkToken } from "../access/tokens.ts";
import { type BodyOptions, plainBytes, sentBytes } from "../http/body.ts";
import type { Metrics } from "../http/metrics.ts";
import { Problem } from "../http/problem.ts";
import { type BatchAnswer, BYTES_AT_ONCE, readingsHere, whyWait, withAnswer } from "./accept.ts";
import type { Entry, EntryPort } from "./entry.ts";
import { Gatherer } from "./gather.ts";
import type { WholeBatch } from "./batches.ts";
import { LineSplitter } from "./lines.ts";
import type { Read } from "./reading.ts";
import { type SenderLine, SenderLines, type Sent } from "./sender_lines.ts";

/** Where relays send. An ingest of before 2026-11-27 has no such path. */
export const RELAYED_PATH = "/v1/relayed";

/** Bytes of one body: all of it is in memory until it is stored. */
const BYTES_MAX = 8 * 1024 * 1024;

/** What became of the batches of one sender: an answer, or the problem it would have been answered. */
export type SenderAnswer = BatchAnswer | Problem;

/** What accepting needs. */
export interface Relaying {
  deps: Pick<Deps, "auth" | "store" | "clock" | "hub" | "limits" | "readings">;
  metrics: Metrics;
  entry: EntryPort;
}

/**
 * Stores the batches of all senders, those of one incident in one commit; gives the answers in the order
 * of the senders. Rejects as reading a body does, and with Problem `relayed_malformed`.
 */
export async function acceptRelayed(
  relaying: Relaying,
  body: ReadableStream<Uint8Array> | null,
  options: BodyOptions,
): Promise<SenderAnswer[]> {
  const sent = body === null ? [] : await readSent(body, options, relaying.deps.limits);
  const answers = new Map<Sent, SenderAnswer>();
  const incidents = Map.groupBy(sent, ({ sender }) => sender.incident);
  await Promise.all([...incidents].map(async ([incident, own]) => {
    const found = await acceptOne(relaying, incident, own);
    own.forEach((one, i) => answers.set(one, found[i]!));
  }));
  return sent.map((one) => answers.get(one)!);
}

async function readSent(
  body: ReadableStream<Uint8Array>,
  options: BodyOptions,
  { lineCharsMax }: Deps["limits"],
): Promise<Sent[]> {
  const senders = new SenderLines();
  const splitter = new LineSplitter(lineCharsMax, senders);
  const { encoding, clock } = options;
  const bytesMax = Math.min(BYTES_MAX, options.limits.bytesMax);
  const plain = plainBytes(sentBytes(body, options), { encoding, clock, bytesMax });
  for await (const bytes of plain) {
    splitter.push(bytes);
    senders.keep();
  }
  splitter.end();
  senders.keep();
  return senders.sent;
}

async function acceptOne(
  { deps, metrics, entry: port }: Relaying,
  incident: string,
  sent: readonly Sent[],
): Promise<SenderAnswer[]> {
  const ids = new Set(sent.map(({ sender }) => sender.token.split(".")[1] ?? ""));
  const entry = await port.enter(incident, [...ids]);
  const problems = new Map<BatchAnswer, Problem>();
  const gatherer = new Gatherer(
    { deps, metrics, incident, charge: port.charge.bind(port) },
    (tally, why) =>
      void problems.set(tally as BatchAnswer, problems.get(tally as BatchAnswer) ?? why),
  );
  const answers: SenderAnswer[] = [];
  for (const { sender, bytes } of sent) {
    const refusal = await whyNot(deps, entry, sender);
    if (refusal !== null) {
      answers.push(refusal);
      continue;
    }
    const read = await readBatches(deps, incident, bytes);
    const { refused, refusedTotal, strayLines, problem, batches } = read;
    const answer: BatchAnswer = {
      ...{ accepted: 0, duplicates: 0, events: 0, states: 0, refused, refusedTotal },
      ...(entry.quietMs > 0 ? { quietMs: entry.quietMs } : {}),
      stateDifferences: true,
    };
    answers.push(answer);
    if (problem !== null) problems.set(answer, problem);
    metrics.add("refused", refusedTotal);
    if (strayLines > 0) await deps.store.countStrayLines(incident, strayLines);
    for (const batch of batches) {
      const wait = entry.probeWait(batch.header.probe);
      if (wait === null) await gatherer.add(batch, answer);
      else problems.set(answer, whyWait(wait));
    }
  }
  await gatherer.flush();
  return answers.map((answer) => {
    if (answer instanceof Problem) return answer;
    const why = problems.get(answer);
    if (why !== undefined) return withAnswer(why, answer);
    if (answer.accepted + answer.duplicates > 0) return answer;
    const detail = "Cannot accept batches: there is no batch with a good header, must be one";
    return withAnswer(new Problem(422, "nothing_accepted", detail), answer);
  });
}

/** Reads the lines of one sender where those of all bodies are read: all of its batches. */
async function readBatches(
  deps: Relaying["deps"],
  incident: string,
  bytes: readonly Uint8Array[],
): Promise<Read> {
  const reading = (deps.readings ?? readingsHere(deps)).open({
    incident,
    encoding: "identity",
    bytesMax: BYTES_MAX,
    uselessLinesMax: deps.limits.uselessLinesMax,
  });
  try {
    const batches: WholeBatch[] = [];
    const all = joinBytes(bytes);
    for (let at = 0; at < all.length; at += BYTES_AT_ONCE) {
      const read = await reading.push(all.subarray(at, at + BYTES_AT_ONCE));
      batches.push(...read.batches);
      if (read.problem !== null) return { ...read, batches };
    }
    const last = await reading.end();
    return { ...last, batches: [...batches, ...last.batches] };
  } finally {
    reading.leave();
  }
}

/** Why a sender's batches are not looked at, or null: the checks that it would meet itself. */
async function whyNot(
  { auth, clock }: Relaying["deps"],
  entry: Entry,
  { token, incident }: SenderLine,
): Promise<Problem | null> {
  const tokens = { getToken: (id: string) => Promise.resolve(entry.tokens.get(id) ?? null) };
  const who = whoseToken(await checkToken(token, auth.rootToken, tokens, clock, incident));
  if (who instanceof Problem) return who;
  const why = whyNotAllowed(who, "probe", incident);
  if (why !== null) return why;
  if (!entry.isVisible) return noIncident(incident);
  return entry.wait && whyWait(entry.wait);
}

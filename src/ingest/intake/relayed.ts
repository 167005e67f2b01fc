/**
 * A body of batches of several senders, as a relay forwards them: each sender's line, then its batches.
 * A sender is who it is by its own token, and gets an answer of its own, as if it had come itself.
 */
import { z } from "zod";
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

/** Where relays send. An ingest of before 2026-11-27 has no such path. */
export const RELAYED_PATH = "/v1/relayed";

/** The line before the batches of one sender. */
export const SenderLine = z.strictObject({
  kind: z.literal("sender"),
  version: z.literal(1),
  incident: z.string().max(128),
  /** What the sender itself would send as its bearer token. */
  token: z.string().max(500),
});

/** The line before the batches of one sender. */
export type SenderLine = z.infer<typeof SenderLine>;

/** The beginning of such a line, by which it is told from all others. */
export const SENDER_LINE = '{"kind":"sender"';

/** Senders of one body, and bytes of it: all of it is in memory until it is stored. */
const SENDERS_MAX = 1_000;
const BYTES_MAX = 8 * 1024 * 1024;

interface Sent {
  sender: SenderLine;
  /** Its lines with their ends. */
  bytes: Uint8Array[];
}

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
  const sent: Sent[] = [];
  const splitter = new LineSplitter(lineCharsMax, {
    line(bytes, from, to) {
      if (isSender(bytes, from)) {
        sent.push({ sender: readSender(decoder.decode(bytes.subarray(from, to))), bytes: [] });
        if (sent.length > SENDERS_MAX) {
          throw malformed(`it has more than ${SENDERS_MAX} senders`, 413);
        }
      } else if (sent.length > 0) sent.at(-1)!.bytes.push(bytes.slice(from, to), NEWLINE);
      else if (from !== to) throw malformed("it does not begin with a sender's line", 422);
    },
    // Whoever reads the lines finds it too long once more, and counts it.
    tooLong: (chars) => void sent.at(-1)?.bytes.push(new Uint8Array(chars).fill(SPACE), NEWLINE),
  });
  const { encoding, clock } = options;
  const bytesMax = Math.min(BYTES_MAX, options.limits.bytesMax);
  const plain = plainBytes(sentBytes(body, options), { encoding, clock, bytesMax });
  for await (const bytes of plain) splitter.push(bytes);
  splitter.end();
  return sent;
}

const decoder = new TextDecoder();
const SPACE = 32;
const NEWLINE = new Uint8Array([10]);
const SENDER_BYTES = new TextEncoder().encode(SENDER_LINE);

const isSender = (bytes: Uint8Array, from: number) =>
  SENDER_BYTES.every((byte, i) => bytes[from + i] === byte);

function readSender(line: string): SenderLine {
  try {
    return SenderLine.parse(JSON.parse(line));
  } catch {
    throw malformed("a sender's line can't be read", 422);
  }
}

const malformed = (is: string, status: 413 | 422) =>
  new Problem(
    status,
    "relayed_malformed",
    `Cannot accept relayed batches: ${is}, must be as a relay sends it`,
  );

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

/**
 * What the ingest sends, read with care: a newer ingest adds fields and words, a broken proxy sends
 * anything, and neither may blank the page in the middle of an incident. The schema itself
 * (src/event/report.ts) needs zod, which is larger than this whole page.
 */
import type {
  Buckets,
  Cause,
  End,
  EndPoints,
  Exchange,
  Flow,
  Hop,
  PacketCounts,
  Report,
  ReportNode,
} from "../../event/report.ts";

type Fields = Record<string, unknown>;

/** The fields of an object; none for anything else. */
export const fields = (value: unknown): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? value as Fields : {};

/** A text, or a number as text; `otherwise` for anything else. */
export const text = (value: unknown, otherwise = ""): string =>
  typeof value === "string" ? value : typeof value === "number" ? String(value) : otherwise;

/** A text or a number as text; undefined where there is none. */
export const maybeText = (value: unknown) => value === undefined ? undefined : text(value);
/** A finite number; 0 for anything else. */
export const number = (value: unknown): number =>
  typeof value === "number" && Number.isFinite(value) ? value : 0;
/** A number; undefined for anything else. */
export const maybeNumber = (value: unknown) => typeof value === "number" ? value : undefined;
/** The items of an array; none for anything else. */
export const list = (value: unknown): unknown[] => Array.isArray(value) ? value : [];

function readEndPoints(value: unknown): EndPoints {
  const from = fields(value);
  return {
    source: text(from.source, "?"),
    sourcePort: maybeNumber(from.sourcePort),
    destination: text(from.destination, "?"),
    destinationPort: maybeNumber(from.destinationPort),
  };
}

/** A hop; a field that is missing or of a wrong type has a value that can be shown. */
export function readHop(value: unknown): Hop {
  const from = fields(value);
  const encap = fields(from.encap);
  return {
    node: text(from.node, "?"),
    netns: text(from.netns, "?"),
    // The kernel does not always tell the device, and a verdict needs a word there.
    device: text(from.device) || "(no device)",
    ifindex: number(from.ifindex),
    deviceKind: text(from.deviceKind, "unknown"),
    stage: text(from.stage, "?") as Hop["stage"],
    timeNs: /^-?\d{1,20}$/.test(text(from.timeNs)) ? text(from.timeNs) : "0",
    at: maybeText(from.at),
    ttl: maybeNumber(from.ttl),
    function: maybeText(from.function),
    reason: maybeText(from.reason),
    pod: maybeText(from.pod),
    container: maybeText(from.container),
    unit: maybeText(from.unit),
    own: from.own === true ? true : undefined,
    encap: from.encap === undefined ? undefined : {
      kind: text(encap.kind, "tunnel"),
      id: number(encap.id),
      source: text(encap.source, "?"),
      destination: text(encap.destination, "?"),
      destinationPort: maybeNumber(encap.destinationPort),
    },
    translated: from.translated === undefined ? undefined : readEndPoints(from.translated),
  };
}

/** A cause; a field that is missing or of a wrong type has a value that can be shown. */
export function readCause(value: unknown): Cause {
  const from = fields(value);
  return {
    code: text(from.code, "unexplained") as Cause["code"],
    sentence: text(from.sentence),
    confidence: text(from.confidence, "possible") as Cause["confidence"],
    evidence: list(from.evidence).map(fields).map((one) => ({
      node: text(one.node),
      kind: one.kind === "state" ? "state" : "event",
      text: text(one.text),
    })),
    remedy: from.remedy === undefined ? undefined : list(from.remedy).map((one) => text(one)),
    rule: maybeText(from.rule),
  };
}

/** Counts of packets; one that is missing is 0. */
export function readCounts(value: unknown): PacketCounts {
  const from = fields(value);
  return {
    seen: number(from.seen),
    delivered: number(from.delivered),
    dropped: number(from.dropped),
    vanished: number(from.vanished),
    unknown: number(from.unknown),
    inFlight: number(from.inFlight),
  };
}

function readFlowPackets(value: unknown): Flow["packets"] {
  const { basis } = fields(value);
  const counts = readCounts(value);
  return basis === "counted" || basis === "traced" ? { ...counts, basis } : counts;
}

/** More parts of time than a report has; a page that draws one bar each stays quick. */
const BUCKETS_MAX = 64;

/** Counts in parts of time; none where there are none. */
export function readBuckets(value: unknown): Buckets {
  const from = fields(value);
  const counts = list(from.counts).slice(0, BUCKETS_MAX).map((one) => Math.max(0, number(one)));
  return { from: text(from.from), seconds: Math.max(1, number(from.seconds)), counts };
}

/** A flow. Null when it has no id: nothing could be updated, selected or opened by it. */
export function readFlow(value: unknown): Flow | null {
  const from = fields(value);
  if (typeof from.id !== "string") return null;
  return {
    ...readEndPoints(from),
    id: from.id,
    protocol: text(from.protocol, "?"),
    icmpId: maybeNumber(from.icmpId),
    sourceName: maybeText(from.sourceName),
    destinationName: maybeText(from.destinationName),
    translated: from.translated === undefined ? undefined : readEndPoints(from.translated),
    replyOf: maybeText(from.replyOf),
    packets: readFlowPackets(from.packets),
    outcome: text(from.outcome, "unknown") as Flow["outcome"],
    lastHop: readHop(from.lastHop),
    cause: from.cause === undefined ? undefined : readCause(from.cause),
    otherCauses: list(from.otherCauses).map(readCause),
    gap: maybeText(from.gap),
    path: list(from.path).map(readHop),
    problems: from.problems === undefined ? undefined : list(from.problems).map((id) => text(id)),
    firstAt: maybeText(from.firstAt),
    lastAt: maybeText(from.lastAt),
    rate: from.rate === undefined ? undefined : readBuckets(from.rate),
    counted: from.counted === undefined ? undefined : readCounted(from.counted),
  };
}

/** What the page shows of what was counted: its sentence, and how many packets of how many were lost. */
function readCounted(value: unknown): Flow["counted"] {
  const { sentence, packets, lost, lostAtMost, atLeast, traced } = fields(value);
  return {
    sentence: text(sentence),
    packets: maybeNumber(packets),
    lost: maybeNumber(lost),
    ...(lostAtMost === undefined ? {} : { lostAtMost: maybeNumber(lostAtMost) }),
    ...(atLeast === true ? { atLeast } : {}),
    ...(traced === undefined ? {} : { traced: readCounts(traced) }),
  };
}

/** One end of an exchange; an address that is missing is a question mark. */
export function readEnd(value: unknown): End {
  const from = fields(value);
  return {
    address: text(from.address, "?"),
    port: maybeNumber(from.port),
    name: maybeText(from.name),
  };
}

/** An exchange. Null when it has no id, as of a flow. */
export function readExchange(value: unknown): Exchange | null {
  const from = fields(value);
  if (typeof from.id !== "string") return null;
  return {
    id: from.id,
    protocol: text(from.protocol, "?"),
    client: readEnd(from.client),
    server: readEnd(from.server),
    icmpId: maybeNumber(from.icmpId),
    outcome: text(from.outcome, "unknown") as Exchange["outcome"],
    sentence: text(from.sentence),
    cause: from.cause === undefined ? undefined : readCause(from.cause),
    findings: list(from.findings).map(readCause),
    gap: maybeText(from.gap),
    question: text(from.question, from.id),
    answer: maybeText(from.answer),
    otherAnswers: list(from.otherAnswers).map((one) => text(one)),
    firstAt: text(from.firstAt),
    lastAt: text(from.lastAt),
    tookMs: maybeNumber(from.tookMs),
    problem: maybeText(from.problem),
  };
}

/** A node; a field that is missing or of a wrong type has a value that can be shown. */
export function readNode(value: unknown): ReportNode {
  const from = fields(value);
  return {
    name: text(from.name, "?"),
    kernel: text(from.kernel),
    bpftrace: text(from.bpftrace),
    netns: list(from.netns).map((one) => text(one)),
    scripts: list(from.scripts).map(fields).map((one) => ({
      name: text(one.name, "?"),
      state: one.state === "attached" ? "attached" : "unavailable",
      why: maybeText(one.why),
    })),
    events: number(from.events),
    evidence: maybeNumber(from.evidence),
    lost: number(from.lost),
    gaps: from.gaps === undefined ? undefined : list(from.gaps).map((one) => text(one)),
    clock: null,
    timesWithinMs: maybeNumber(from.timesWithinMs),
    endedAt: maybeText(from.endedAt),
  };
}

/** Counts of events; 0 where one is missing or of a wrong type. */
export function readAccounting(value: unknown): Report["accounting"] {
  const from = fields(value);
  return {
    events: number(from.events),
    inPackets: number(from.inPackets),
    evidence: number(from.evidence),
    unclaimed: number(from.unclaimed),
    refused: number(from.refused),
    evicted: number(from.evicted),
    strayLines: number(from.strayLines),
    evictedStates: number(from.evictedStates),
    postponed: number(from.postponed),
  };
}

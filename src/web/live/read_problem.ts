/** Problems and changes of a report, read with the same care as the rest of it (`read.ts`). */
import type { Change, NearChange, Problem } from "../../event/report.ts";
import {
  fields,
  list,
  maybeNumber,
  maybeText,
  number,
  readBuckets,
  readCause,
  readCounts,
  readEnd,
  readHop,
  text,
} from "./read.ts";

/** A problem. Null when it has no id: nothing could be selected or updated by it. */
export function readProblem(value: unknown): Problem | null {
  const from = fields(value);
  if (typeof from.id !== "string") return null;
  const timeline = fields(from.timeline);
  return {
    id: from.id,
    state: text(from.state, "active") as Problem["state"],
    severity: text(from.severity, "unknown") as Problem["severity"],
    outcome: text(from.outcome, "unknown") as Problem["outcome"],
    cause: from.cause === undefined ? undefined : readCause(from.cause),
    gap: maybeText(from.gap),
    lastHop: readHop(from.lastHop),
    direction: from.direction === "answer" ? "answer" : "question",
    from: list(from.from).map((one) => text(one, "?")),
    fromNames: readNames(from.fromNames),
    to: readEnd(from.to),
    protocol: text(from.protocol, "?"),
    flows: number(from.flows),
    clients: number(from.clients),
    passed: number(from.passed),
    packets: readCounts(from.packets),
    counted: from.counted === undefined ? undefined : readCounted(from.counted),
    firstAt: text(from.firstAt),
    lastAt: text(from.lastAt),
    healedAt: maybeText(from.healedAt),
    deliveredSince: maybeNumber(from.deliveredSince),
    began: readNear(from.began),
    mended: readNear(from.mended),
    timeline: { failed: readBuckets(timeline.failed), passed: readBuckets(timeline.passed) },
    example: text(from.example),
    actions: list(from.actions).map((one) => text(one)),
  };
}

function readCounted(value: unknown): Problem["counted"] {
  const from = fields(value);
  const [start, end] = [from.from, from.to].map((place) => {
    const { node, netns, device, ifindex, stage } = fields(place);
    return {
      node: text(node, "?"),
      netns: text(netns),
      device: text(device),
      ifindex: number(ifindex),
      stage: stage === "device-rx" ? "device-rx" as const : "device-tx" as const,
    };
  });
  return { packets: number(from.packets), lost: number(from.lost), from: start!, to: end! };
}

/** Names by address, where they are told. */
function readNames(value: unknown): Record<string, string> | undefined {
  if (value === undefined) return undefined;
  return Object.fromEntries(Object.entries(fields(value)).map(([key, name]) => [key, text(name)]));
}

const readNear = (value: unknown): NearChange[] | undefined =>
  value === undefined ? undefined : list(value).map(fields).map((one) => ({
    change: text(one.change),
    afterMs: Math.max(0, number(one.afterMs)),
  }));

/** A change of a node's state. Null when it has no id. */
export function readChange(value: unknown): Change | null {
  const from = fields(value);
  if (typeof from.id !== "string") return null;
  return {
    id: from.id,
    node: text(from.node, "?"),
    netns: text(from.netns, "?"),
    pod: maybeText(from.pod),
    container: maybeText(from.container),
    unit: maybeText(from.unit),
    own: from.own === true ? true : undefined,
    part: text(from.part, "?") as Change["part"],
    action: text(from.action, "changed") as Change["action"],
    what: text(from.what),
    was: maybeText(from.was),
    now: maybeText(from.now),
    count: Math.max(1, number(from.count)),
    after: text(from.after),
    by: text(from.by),
    heard: from.heard === true ? true : undefined,
  };
}

/** A problem of a report, read with the same care as the rest of it (`read.ts`). */
import type { Problem } from "../../event/report.ts";
import {
  fields,
  list,
  maybeNumber,
  maybeText,
  number,
  readCause,
  readCounts,
  readEnd,
  readHop,
  text,
} from "./read.ts";

type Buckets = Problem["timeline"]["failed"];

/** More parts of time than a report has; a page that draws one bar each stays quick. */
const BUCKETS_MAX = 64;

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
    to: readEnd(from.to),
    protocol: text(from.protocol, "?"),
    flows: number(from.flows),
    clients: number(from.clients),
    passed: number(from.passed),
    packets: readCounts(from.packets),
    firstAt: text(from.firstAt),
    lastAt: text(from.lastAt),
    healedAt: maybeText(from.healedAt),
    deliveredSince: maybeNumber(from.deliveredSince),
    timeline: { failed: readBuckets(timeline.failed), passed: readBuckets(timeline.passed) },
    example: text(from.example),
    actions: list(from.actions).map((one) => text(one)),
  };
}

function readBuckets(value: unknown): Buckets {
  const from = fields(value);
  const counts = list(from.counts).slice(0, BUCKETS_MAX).map((one) => Math.max(0, number(one)));
  return { from: text(from.from), seconds: Math.max(1, number(from.seconds)), counts };
}

/** A node whose probe ended while that of another went on: what it covers stands for less time. */
import type { ReportNode } from "../event/report.ts";
import { clockInUtc } from "./problem.ts";

/**
 * Probes that are ended together end within so much, each by its own clock: a difference is said, and nothing
 * rests on it. Milliseconds.
 */
const TOGETHER_MS = 15_000;

/** `, its probe ended 19:04:35.120`; empty where it goes on, and where those of all nodes ended then. */
export function endedWords({ endedAt }: ReportNode, nodes: readonly ReportNode[]): string {
  const isEarly = endedAt !== undefined && nodes.some((other) =>
    other.endedAt === undefined ||
    Date.parse(other.endedAt) - Date.parse(endedAt) > TOGETHER_MS
  );
  return isEarly ? `, its probe ended ${clockInUtc(endedAt)}` : "";
}

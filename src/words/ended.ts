/** A node whose probe ended while that of another went on: what it covers stands for less time. */
import type { ReportNode } from "../event/report.ts";
import { clockInUtc } from "./problem.ts";

/** `, its probe ended 19:04:35.120`; empty where it goes on, and where those of all nodes have ended. */
export function endedWords({ endedAt }: ReportNode, nodes: readonly ReportNode[]): string {
  const isEarly = endedAt !== undefined && nodes.some((other) => other.endedAt === undefined);
  return isEarly ? `, its probe ended ${clockInUtc(endedAt)}` : "";
}

/** The verdict in words. Pure. */
import type { Flow, Report, ReportNode } from "../../event/report.ts";
import { flowName } from "../../words/ends.ts";
import { label } from "../../words/escape.ts";
import { placeName } from "../../words/place.ts";
import { grouped, LABELLED, PAGE, plural } from "../parts/writing.ts";

const SPOKEN = { deviceMax: 24, netnsMax: 24, nodeMax: 32 };

const STARTS: Record<string, readonly [string, string]> = {
  dropped: ["Dropped at", ""],
  vanished: ["Vanished after", ""],
  unanswered: ["Delivered to", ", never answered"],
  "in-flight": ["In flight, last seen at", ""],
  delivered: ["Delivered to", ""],
};

/** The words before and after the place of the last hop. */
export function headline(flow: Flow): readonly [string, string] {
  return STARTS[flow.outcome] ?? ["Last seen at", "; its fate is unknown"];
}

/** The whole verdict as one line, for screen readers and for the page's title. */
export function spokenVerdict(flow: Flow): string {
  const [before, after] = headline(flow);
  const where = placeName(flow.lastHop, LABELLED, SPOKEN);
  return `${label(flowName(flow, PAGE), 160)}: ${before} ${where}${after}`;
}

/** What each degree of confidence means. */
export const CONFIDENCE: Record<string, string> = {
  proven: "the kernel's own word, or state that admits no other reading",
  likely: "a deduction from what was seen and read",
  possible: "one explanation among others",
};

/** Something that was not seen on one node. */
export interface Gap {
  node: string;
  text: string;
}

/** What was not seen on the nodes of a flow's path, and what that means for the verdict. */
export function gapsOf(flow: Flow, nodes: readonly ReportNode[]): Gap[] {
  const onPath = new Set([flow.lastHop, ...flow.path].map(({ node }) => node));
  return nodes.filter(({ name }) => onPath.has(name)).flatMap((node) => {
    const texts = [];
    if (node.lost > 0) {
      const of = grouped(node.lost + node.events);
      texts.push(
        `lost ${grouped(node.lost)} of ${of} events: a hop that is not shown here may ` +
          "have happened all the same.",
      );
    }
    for (const { name, state, why } of node.scripts) {
      if (state === "attached") continue;
      const because = why === undefined ? "" : ` (${label(why, 160)})`;
      texts.push(
        `${label(name, 32)} could not be attached${because}: what it sees is missing here.`,
      );
    }
    return texts.map((text) => ({ node: label(node.name, 32), text }));
  });
}

/**
 * What became of events that reached the ingest and are not in the analysis. Null when there are
 * none.
 */
export function lostAtIngest(accounting: Report["accounting"]): string | null {
  const { refused, evicted, strayLines = 0, evictedStates = 0 } = accounting;
  const parts = [];
  if (refused > 0) parts.push(`refused ${plural(refused, "event")} it could not read`);
  if (strayLines > 0) parts.push(`refused ${plural(strayLines, "line")} of no batch it kept`);
  if (evicted > 0) parts.push(`threw away ${plural(evicted, "event")} at its limits`);
  if (evictedStates > 0) parts.push(`threw away ${plural(evictedStates, "node state")}`);
  return parts.length === 0 ? null : `The ingest ${parts.join(" and ")}.`;
}

/** [D10] That this flow may be one of those that are told as they were. Null when all are told as they are. */
export function toldLater({ postponed = 0 }: Report["accounting"]): string | null {
  if (postponed === 0) return null;
  const are = postponed === 1 ? "is" : "are";
  return `${plural(postponed, "flow")} ${are} shown as before, perhaps this one: more comes than ` +
    "can be judged at once, and new flows and new drops are judged first.";
}

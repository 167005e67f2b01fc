/** Nodes as the report has them, from one report to the next: one that is the same stays the same object. */
import type { ReportNode } from "../../event/report.ts";
import type { Others } from "../verdict/others.ts";
import { rfc3339 } from "../view/rfc3339.ts";
import { watchGaps } from "../view/runs.ts";
import type { SilentNode } from "../view/input.ts";
import type { NodeView } from "../view/timeline.ts";
import { clocksOf } from "./clock.ts";
import { kept } from "./kept.ts";

/** What a node is told with. */
export interface NodeSurroundings {
  delays: Others["delays"];
  eventsOf(node: NodeView): number;
  /** How many of them belong to no packet that is followed. */
  evidenceOf(node: NodeView): number;
  closed: boolean;
  silent: readonly SilentNode[];
}

/** The nodes of one incident. */
export class NodeReports {
  readonly #kept = kept<NodeView, ReportNode>();
  #clocks: ReturnType<typeof clocksOf> = new Map();
  #delays: Others["delays"] | null = null;
  #clocksVersion = "";

  /** In the order of their names. */
  tell(
    nodes: readonly NodeView[],
    { delays, eventsOf, evidenceOf, closed, silent }: NodeSurroundings,
  ): ReportNode[] {
    // While their number is the same, the nodes are.
    const version = `${nodes.length} ${delays.source.version}`;
    if (this.#delays !== delays || this.#clocksVersion !== version) {
      this.#delays = delays;
      this.#clocksVersion = version;
      this.#clocks = clocksOf(delays.all, nodes);
    }
    const heard = new Map(silent.map(({ node, heardMs }) => [node, heardMs]));
    return nodes.map((node) => {
      const gaps = [...watchGaps(node, closed), ...silenceGaps(heard.get(node.name))];
      return this.#told(node, { events: eventsOf(node), evidence: evidenceOf(node) }, gaps);
    });
  }

  #told(
    node: NodeView,
    counts: Pick<ReportNode, "events" | "evidence">,
    gaps: string[],
  ): ReportNode {
    const clock = this.#clocks.get(node.name) ?? null;
    const ended = endOf(node);
    const { lost, timesWithinMs } = node;
    // What else there is in it is a setting.
    const { version } = node.settingsSource;
    const key = JSON.stringify([version, counts, lost, timesWithinMs, gaps, clock, ended]);
    return this.#kept(node, key, () => {
      const { header } = node;
      return {
        name: node.name,
        kernel: header.kernel,
        bpftrace: header.bpftrace,
        netns: header.netns.map((entry) => entry.name ?? String(entry.inode)),
        scripts: header.scripts,
        ...counts,
        lost,
        ...(gaps.length > 0 ? { gaps } : {}),
        clock,
        ...(timesWithinMs === undefined ? {} : { timesWithinMs }),
        ...ended,
      };
    });
  }
}

/** By the clock of the ingest, to the second: how long ago that is changes all the time, and is not said. */
function silenceGaps(heardMs: number | undefined): string[] {
  if (heardMs === undefined) return [];
  const time = rfc3339(heardMs).slice(11, 19);
  return [`it has not been heard since ${time} UTC: what happened there after that is not known`];
}

/** A probe that was started again has not ended. */
function endOf({ probeRuns }: NodeView): { endedAt?: string } {
  const last = probeRuns.at(-1);
  return last?.isEnded ? { endedAt: rfc3339(last.endedMs) } : {};
}

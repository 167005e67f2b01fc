/** Nodes of an incident, told one by one as they join and as they begin to see. */
import type { Report, ReportNode } from "../../event/report.ts";
import type { NodeList } from "../../ingest/mod.ts";
import { plainWords } from "../../ingest/client/answer.ts";
import { plural } from "../render/mod.ts";

type Joined = NodeList["nodes"][number];

/** A node that is silent for so long after it joined is told again. Milliseconds. */
const SILENT_MS = 30_000;
/** Scripts that are named where they are not attached; the rest is counted. */
const SCRIPTS_MAX = 4;

/** What was told already. */
export class Ticks {
  #joined = new Set<string>();
  #attached = new Set<string>();
  #silent = new Set<string>();

  /** Lines for what is new. `report`: null when it is the same as before. */
  lines(nodes: NodeList["nodes"], report: Report | null, nowMs: number): string[] {
    const lines: string[] = [];
    for (const node of nodes) {
      const name = plainWords(node.node);
      if (!this.#joined.has(node.token)) {
        this.#joined.add(node.token);
        lines.push(`· ${name} joined${fromOf(node)}, attaching…`);
      }
      if (this.#attached.has(node.token)) continue;
      const seen = reportedAs(node, report);
      if (seen !== null) {
        this.#attached.add(node.token);
        lines.push(...seen.map((one) => `✓ ${plainWords(one.name)} ${sightOf(one)}`));
      } else if (nowMs - Date.parse(node.joinedAt) > SILENT_MS && !this.#silent.has(node.token)) {
        this.#silent.add(node.token);
        lines.push(`! ${name} has not reported since it joined: its terminal says why`);
      }
    }
    return lines;
  }
}

const fromOf = ({ from }: Joined) => from === null ? "" : ` from ${plainWords(from)}`;

/** The nodes of one probe, whose names are joined with "+"; null while one is missing. */
function reportedAs({ node }: Joined, report: Report | null): ReportNode[] | null {
  const found = node.split("+").map((name) => report?.nodes.find((one) => one.name === name));
  return found.some((one) => one === undefined || one.scripts.length === 0)
    ? null
    : found as ReportNode[];
}

/** What a node can see and what not, as one line. */
export function sightOf({ scripts, netns, gaps = [] }: ReportNode): string {
  const missing = scripts.filter(({ state }) => state !== "attached");
  const named = missing.slice(0, SCRIPTS_MAX).map(({ name, why }) =>
    plainWords(name) + (why === undefined ? "" : ` (${plainWords(why).slice(0, 80)})`)
  );
  const more = missing.length - named.length;
  const cannot = [...named, ...more > 0 ? [`${more} more`] : []];
  const spaces = plural(netns.length, "network namespace");
  const sees = cannot.length === 0
    ? `sees all ${scripts.length} kinds of event in ${spaces}`
    : `sees ${scripts.length - missing.length} of ${scripts.length} kinds of event in ${spaces}; ` +
      `not: ${cannot.join(", ")}`;
  return [sees, ...gaps.map(plainWords)].join("; ");
}

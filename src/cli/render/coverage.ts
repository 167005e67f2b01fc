/** What was watched and what was not, as text: a verdict holds only for what was watched. */
import type { Flow, Report, ReportNode } from "../../event/report.ts";
import { endedWords } from "../../words/ended.ts";
import type { Look } from "./look.ts";
import { grouped, netnsText, plural } from "./words.ts";

/** Namespaces of a node that are named. */
const NETNS_MAX = 8;
/** Nodes that are named where all is well with them. */
const NODES_MAX = 12;

/** What was lost or not watched on the nodes of a flow's path, for beside its verdict. */
export function gapLines(flow: Flow, nodes: readonly ReportNode[], look: Look): string[] {
  const onPath = new Set([flow.lastHop, ...flow.path].map(({ node }) => node));
  const lines: string[] = [];
  for (const node of nodes) {
    if (!onPath.has(node.name)) continue;
    const name = look.text(node.name, 40);
    if (node.lost > 0) {
      const share = `${grouped(node.lost)} of ${plural(node.lost + node.events, "event")}`;
      lines.push(`${name} lost ${share}: a hop may be missing here`);
    }
    const missing = node.scripts.filter(({ state }) => state !== "attached")
      .map((script) => look.text(script.name));
    if (missing.length > 0) lines.push(`${name} was watched without ${missing.join(", ")}`);
  }
  return lines.flatMap((line) => look.lines(line, "  ! ", "yellow"));
}

/**
 * The part of a report that says what was watched: each node, its namespaces, its scripts, and
 * what is not in the report.
 */
export function coverageLines({ nodes, accounting }: Report, look: Look): string[] {
  const lines = [look.paint("bold", "Coverage")];
  for (const node of nodes) lines.push(...nodeLines(node, nodes, look));
  if (nodes.length === 0) lines.push("  no node has reported yet");
  return [...lines, ...goneLines(accounting, look)];
}

/** The same with the nodes that were watched whole in one sentence: what is missing is told in full. */
export function shortCoverageLines(report: Report, look: Look): string[] {
  const { nodes, accounting } = report;
  const isWhole = (node: ReportNode) =>
    node.lost === 0 && (node.gaps ?? []).length === 0 && endedWords(node, nodes) === "" &&
    node.scripts.every(({ state }) => state === "attached");
  const whole = nodes.filter(isWhole);
  if (whole.length < 2) return coverageLines(report, look);
  const shown = whole.slice(0, NODES_MAX).map(({ name }) => look.text(name, 40));
  const left = whole.length - shown.length;
  const events = whole.reduce((sum, node) => sum + node.events, 0);
  const netns = whole.reduce((sum, node) => sum + node.netns.length, 0);
  const names = [...shown, ...left > 0 ? [`${left} more`] : []].join(", ");
  const text = `${names}: all scripts, ${plural(netns, "network namespace")}, ` +
    `${plural(events, "event")}, none lost`;
  const lines = [look.paint("bold", "Coverage"), ...look.lines(text, 2)];
  for (const node of nodes.filter((one) => !isWhole(one))) {
    lines.push(...nodeLines(node, nodes, look));
  }
  return [...lines, ...goneLines(accounting, look)];
}

function nodeLines(node: ReportNode, nodes: readonly ReportNode[], look: Look): string[] {
  const name = look.text(node.name, 40);
  const text = `${name}: ${nodeText(node, look)}${look.text(endedWords(node, nodes))}`;
  const lines = node.lost > 0 ? look.lines(text, "  ! ", "yellow") : look.lines(text, 2);
  for (const gap of node.gaps ?? []) {
    lines.push(...look.lines(look.text(gap, 300), "  ! ", "yellow"));
  }
  const shown = node.netns.slice(0, NETNS_MAX).map((netns) => netnsText(netns, look));
  const left = node.netns.length - shown.length;
  const all = [...shown, ...left > 0 ? [`${left} more`] : []].join(", ");
  if (all !== "") lines.push(...look.lines(`in ${all}`, 4, "dim"));
  const missing = node.scripts.filter(({ state }) => state !== "attached");
  for (const [reason, scripts] of Map.groupBy(missing, (script) => script.why)) {
    const names = scripts.map((script) => look.text(script.name)).join(", ");
    const text = `${names} ${scripts.length === 1 ? "is" : "are"} not attached${why(reason, look)}`;
    lines.push(...look.lines(text, "  ! ", "yellow"));
  }
  return lines;
}

function goneLines(accounting: Report["accounting"], look: Look): string[] {
  const { refused, evicted, strayLines = 0, evictedStates = 0, postponed = 0 } = accounting;
  const gone = [
    ...refused > 0 ? [`${plural(refused, "line")} refused`] : [],
    ...strayLines > 0 ? [`${plural(strayLines, "line")} of no kept batch`] : [],
    ...evicted > 0 ? [`${plural(evicted, "event")} evicted`] : [],
    ...evictedStates > 0 ? [`${plural(evictedStates, "node state")} evicted`] : [],
  ];
  const lines = gone.length === 0 ? [] : [`not in this report: ${gone.join(", ")}`];
  // [D10] More came than could be judged at once.
  if (postponed > 0) {
    lines.push(
      `told as before, because more came than could be judged at once: ${
        plural(postponed, "flow")
      }`,
    );
  }
  return lines.flatMap((line) => look.lines(line, "  ! ", "yellow"));
}

function nodeText(node: ReportNode, look: Look): string {
  const attached = node.scripts.filter(({ state }) => state === "attached").length;
  const lost = node.lost === 0 ? "none lost" : `${grouped(node.lost)} lost`;
  return `Linux ${look.text(node.kernel)}, bpftrace ${look.text(node.bpftrace)}, ` +
    `${attached} of ${plural(node.scripts.length, "script")}, ` +
    `${plural(node.events, "event")}, ${lost}`;
}

const why = (text: string | undefined, look: Look): string =>
  text === undefined ? "" : `: ${look.text(text, 200)}`;

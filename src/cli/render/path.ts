/** A path as a tree: nodes, their namespaces, what each did, and tunnels as brackets around it. */
import { holderWords } from "../../event/holder_names.ts";
import type { Flow, Hop } from "../../event/report.ts";
import { changes, endsName, tunnelName } from "../../words/ends.ts";
import { STAGE_WORDS } from "../../words/outcome.ts";
import { elapsedShort, sinceFirstOnNode } from "../../words/time.ts";
import type { Look, Style } from "./look.ts";
import { clipColumns, columns, padEnd, padStart } from "./text.ts";
import { type TunnelStep, tunnelSteps } from "./tunnels.ts";
import { boldStyleOf, markOf, roomText } from "./words.ts";

interface Row {
  rails: string;
  device: string;
  kind: string;
  stage: string;
  time: string;
}

/** The path of a flow as lines: a heading for each node and namespace, a line for each hop. */
export function pathLines(flow: Flow, look: Look): string[] {
  const { path } = flow;
  const times = sinceFirstOnNode(path);
  const steps = tunnelSteps(path);
  const rows = path.map((hop, i) => rowOf(hop, times[i]!, steps[i]!, look));
  const fatal = flow.outcome === "delivered" ? -1 : path.length - 1;
  const layout = layoutOf(rows, look);
  const lines: string[] = [];
  path.forEach((hop, i) => {
    lines.push(...headings(hop, path[i - 1], look));
    if (steps[i]!.opens === "before") lines.push(...tunnelLine(hop, steps[i]!, layout, look));
    lines.push(hopLine(rows[i]!, i === fatal ? flow : null, layout, look));
    lines.push(...noteLines(flow, i, steps[i]!, layout, look));
    if (steps[i]!.opens === "after") lines.push(...tunnelLine(hop, steps[i]!, layout, look));
  });
  return lines;
}

function rowOf(hop: Hop, sinceNs: bigint, step: TunnelStep, look: Look): Row {
  const { tunnel, tunnelEnd } = look.glyph;
  const rails = step.closes ? tunnel.repeat(step.depth - 1) + tunnelEnd : tunnel.repeat(step.depth);
  return {
    rails,
    device: look.text(hop.device === "" ? "-" : hop.device, 40),
    kind: look.text(hop.deviceKind === "unknown" ? "" : hop.deviceKind, 10),
    stage: STAGE_WORDS[hop.stage] ?? hop.stage,
    time: elapsedShort(sinceNs, look.glyph.micro),
  };
}

interface Layout {
  /** Columns before the rails, and where the mark of the fatal hop stands among them. */
  indent: number;
  left: number;
  kind: number;
  stage: number;
  time: number;
  gap: string;
}

/** A narrow terminal loses the kinds first, then the ends of long names; never stage or time. */
function layoutOf(rows: readonly Row[], look: Look): Layout {
  const most = (of: (row: Row) => string) => Math.max(0, ...rows.map((row) => columns(of(row))));
  const narrow = look.width < 60;
  const indent = narrow ? 4 : 6;
  const gap = narrow ? " " : "  ";
  const stage = most((row) => row.stage);
  const time = most((row) => row.time);
  const room = look.width - indent - stage - time - 2 * gap.length;
  const left = Math.min(most((row) => row.rails + row.device), room, narrow ? 20 : 32);
  const kind = most((row) => row.kind);
  const free = room - left - gap.length;
  return { indent, left, stage, time, gap, kind: narrow || kind > free ? 0 : kind };
}

function headings(hop: Hop, before: Hop | undefined, look: Look): string[] {
  const sameNode = hop.node === before?.node;
  const room = roomText(hop, look);
  const sameName = holderWords(hop) === undefined ||
    (before !== undefined && room === roomText(before, look));
  if (sameNode && hop.netns === before?.netns && sameName) return [];
  const where = `in ${room}`;
  if (sameNode) return look.lines(where, 4, "dim");
  const name = look.text(hop.node, 40);
  const [first = "", ...rest] = look.lines(`${name}  ${where}`, 4);
  const node = `  ${look.glyph.node} ${look.paint("bold", name)}`;
  const after = first.slice(4 + name.length);
  if (!first.slice(4).startsWith(name)) {
    return [...look.lines(name, 4, "bold"), ...look.lines(where, 4)];
  }
  return [node + look.paint("dim", after), ...rest.map((line) => look.paint("dim", line))];
}

function hopLine(row: Row, fatal: Flow | null, layout: Layout, look: Look): string {
  const { gap } = layout;
  const device = clipColumns(row.device, layout.left - columns(row.rails), look.glyph.ellipsis);
  const left = padEnd(row.rails + device, layout.left);
  const kind = layout.kind === 0 ? "" : gap + look.paint("dim", padEnd(row.kind, layout.kind));
  const stage = gap + padEnd(row.stage, layout.stage);
  const time = gap + look.paint("dim", padStart(row.time, layout.time));
  if (fatal === null) return " ".repeat(layout.indent) + left + kind + stage + time;
  const style: Style = boldStyleOf(fatal.outcome);
  const mark = padStart(markOf(fatal.outcome, look), layout.indent - 1) + " ";
  const used = layout.indent + layout.left + (layout.kind && gap.length + layout.kind) +
    2 * gap.length + layout.stage + layout.time;
  const here = `${gap}${look.glyph.here} last hop`;
  const note = used + columns(here) <= look.width ? look.paint(style, here) : "";
  return look.paint(style, mark + left) + kind + look.paint(style, stage) + time + note;
}

/** What is told below a hop: the kernel's reason, or what was translated. */
function noteLines(flow: Flow, i: number, step: TunnelStep, layout: Layout, look: Look): string[] {
  const hop = flow.path[i]!;
  const depth = step.closes ? step.depth - 1 : step.depth;
  const lead = " ".repeat(layout.indent) + look.glyph.tunnel.repeat(depth) + "  ";
  if (hop.translated !== undefined) {
    const text = changes(formBefore(flow, i), hop.translated, look).join(", ");
    return look.lines(text === "" ? endsName(hop.translated, look) : text, lead);
  }
  const reason = hop.reason === undefined ? "" : look.text(hop.reason);
  const where = hop.function === undefined ? "" : `in ${look.text(hop.function)}`;
  if (reason === "" && where === "") return [];
  return look.lines(`${reason === "" ? "dropped" : reason} ${where}`.trim(), lead);
}

/** The form the packet had when it came to hop `i`. */
function formBefore(flow: Flow, i: number) {
  return flow.path.slice(0, i).findLast((hop) => hop.translated !== undefined)?.translated ?? flow;
}

function tunnelLine(hop: Hop, { opens, depth }: TunnelStep, layout: Layout, look: Look): string[] {
  // A hop that was encapsulated stands outside the tunnel that begins below it.
  const outside = opens === "after" ? depth : depth - 1;
  const rails = " ".repeat(layout.indent) + look.glyph.tunnel.repeat(outside) +
    look.glyph.tunnelBegin;
  return look.lines(tunnelName(hop.encap!, look), rails, "cyan");
}

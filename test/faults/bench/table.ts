/** The score, for the terminal and for `docs/faults.md`. */
import type { Kind } from "./case_run.ts";
import type { Judged } from "./group.ts";
import type { Mark } from "./mark.ts";
import type { AnySpec } from "./spec.ts";

const MARKS: readonly Mark[] = ["right", "incomplete", "unknown", "wrong", "invalid"];
const KINDS: readonly Kind[] = ["fault", "twin", "near"];

/** Rows of the score. What stands for `delivered` injects something that must do no harm. */
const ROWS: readonly [string, (one: Judged) => boolean][] = [
  ["faults", ({ run }) => run.id.kind === "fault" && run.id.spec.code !== "delivered"],
  ["healthy twins", ({ run }) => run.id.kind === "twin"],
  ["near misses", ({ run }) => run.id.kind === "near"],
  ["healthy, but odd", ({ run }) => run.id.kind === "fault" && run.id.spec.code === "delivered"],
];

export function scoreLines(judged: readonly Judged[]): string[] {
  const rows = ROWS.map(([title, belongs]) => {
    const own = judged.filter(belongs);
    const counts = MARKS.map((mark) => own.filter(({ score }) => score.mark === mark).length);
    return [title, own.length, ...counts].map(String);
  });
  return aligned([["", "cases", ...MARKS], ...rows]);
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  return rows.map((row) => row.map((cell, i) => cell.padEnd(widths[i]!)).join("  ").trimEnd());
}

/** How a run was made. */
export interface Run {
  seed: number;
  /** How long it took. */
  seconds: number;
  /** Day that it was made, `2026-11-26`. */
  date: string;
  /** All cases there are; more than were judged where only some of them were asked for. */
  cases: number;
}

/**
 * The page with this run, and with the rows that `old` has of other seeds. Of a run of some cases the
 * row alone is new, and what was not right.
 */
export function markdown(judged: readonly Judged[], run: Run, old: string): string {
  const isWhole = judged.length === run.cases;
  return [
    "# The fault bench",
    "",
    "Written by `deno task faults`; don't edit. Each fault is injected on the real kernel, traced " +
    "with the real probe and analysed as every trace is; what must be said was written down from " +
    "knowledge of the network, not from what lasthop prints. A twin is the same topology without " +
    "the fault, a near miss has something harmless that looks like it; both must come out clean. " +
    "Names, addresses, MTUs and some of the topology are drawn from the seed.",
    "",
    ...seedRows(judged, run, old),
    "",
    ...(isWhole ? scoreOf(judged, run.seed) : [partOf(old, "Of seed ", "- **right**")]),
    ...notRight(judged, run.seed, old),
    ...(isWhole ? tableOf(judged) : [partOf(old, "## Cases", "## Not injected")]),
    ...ABSENT,
  ].join("\n");
}

function scoreOf(judged: readonly Judged[], seed: number): string[] {
  const faults = specsOf(judged).filter(({ code }) => code !== "delivered");
  const codes = new Set(faults.map(({ code }) => code));
  return [
    `Of seed ${seed}: ${faults.length} faults over ${codes.size} codes.`,
    "",
    "```",
    ...scoreLines(judged),
    "```",
    "",
  ];
}

const specsOf = (judged: readonly Judged[]): AnySpec[] => [
  ...new Set(judged.map(({ run }) => run.id.spec)),
];

/** What stands in a page between two words, the second left out. */
function partOf(page: string, begin: string, end: string): string {
  const from = page.indexOf(`\n${begin}`) + 1;
  const to = page.indexOf(`\n${end}`, from);
  return from === 0 || to < 0 ? "" : page.slice(from, to + 1);
}

/** One row a seed: this one anew, others as they were. */
function seedRows(
  judged: readonly Judged[],
  { seed, seconds, date, cases }: Run,
  old: string,
): string[] {
  const kernel = judged[0]?.report.nodes[0]?.kernel ?? "?";
  const counts = MARKS.map((mark) => judged.filter(({ score }) => score.mark === mark).length);
  const of = judged.length === cases ? `${cases}` : `${judged.length} of ${cases}`;
  const row = `| ${[seed, date, kernel, of, ...counts, seconds].join(" | ")} |`;
  const others = old.split("\n").filter((line) =>
    /^\| \d+ +\| \d{4}-/.test(line) && Number(line.split("|")[1]) !== seed
  );
  return [
    `| seed | date | Linux | cases | ${MARKS.join(" | ")} | seconds |`,
    `| --- | --- | --- | --- | ${MARKS.map(() => "---").join(" | ")} | --- |`,
    ...[...others, row].sort((a, b) => Number(a.split("|")[1]) - Number(b.split("|")[1])),
  ];
}

const MEANINGS = [
  "- **right**: outcome, last hop, cause, and a remedy where there is one.",
  "- **incomplete**: right, without the remedy.",
  "- **unknown**: lasthop did not decide what could be decided.",
  "- **wrong**: it said what is not so.",
  "- **invalid**: the fault did not happen, or its twin was not well.",
  "",
];

/** What this bench can't inject, so that nobody takes its score for more than it is. */
const ABSENT = [
  "## Not injected",
  "",
  "- `bridge-vlan-filtered`, `openvswitch-drop`, `backlog-overflow`, and what else the kernel the " +
  "bench was written on lacks: [limits.md](limits.md#not-proven-on-a-real-kernel), with the reasons.",
  "",
];

function tableOf(judged: readonly Judged[]): string[] {
  const find = (spec: AnySpec, kind: Kind) =>
    judged.find(({ run }) => run.id.spec === spec && run.id.kind === kind);
  const rows = specsOf(judged).map((spec) => {
    const [fault, twin, near] = KINDS.map((kind) => find(spec, kind));
    const harmless = near === undefined ? "" : ` (${spec.near?.what})`;
    const cells = [spec.id, `\`${spec.code}\``, fault?.score.mark, twin?.score.mark];
    const said = fault?.score.said.replaceAll("|", "\\|") ?? "";
    return `| ${cells.map((cell) => cell ?? "–").join(" | ")} | ` +
      `${near?.score.mark ?? "–"}${harmless} | ${said} |`;
  });
  return [
    "## Cases",
    "",
    "| fault | code | found | twin | near miss | lasthop's word on the fault |",
    "| --- | --- | --- | --- | --- | --- |",
    ...rows,
    "",
  ];
}

/** What was not right, by seed; of other seeds as `old` has it. */
function notRight(judged: readonly Judged[], seed: number, old: string): string[] {
  const own = judged.filter(({ score }) => score.mark !== "right").map(({ run, score }) =>
    `- seed ${seed}, ${score.mark}: ${run.name}: ${score.complaints.join("; ")}`
  );
  const [, section = ""] = old.split("## Not right\n");
  const others = section.split("\n## ")[0]!.replace(/\n +/g, " ").split("\n")
    .filter((line) => /^- seed \d+, /.test(line) && !line.startsWith(`- seed ${seed},`));
  const lines = [...own, ...others];
  return [...MEANINGS, ...(lines.length === 0 ? [] : ["## Not right", "", ...lines, ""])];
}

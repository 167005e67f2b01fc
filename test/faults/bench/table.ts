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

export function markdown(
  judged: readonly Judged[],
  { seed, seconds }: { seed: number; seconds: number },
): string {
  const specs = [...new Set(judged.map(({ run }) => run.id.spec))];
  const faults = specs.filter(({ code }) => code !== "delivered");
  const codes = new Set(faults.map(({ code }) => code));
  const kernel = judged[0]?.report.nodes[0]?.kernel ?? "?";
  return [
    "# The fault bench",
    "",
    "Written by `deno task faults`; don't edit. Each fault is injected on the real kernel, traced " +
    "with the real probe and analysed as every trace is; what must be said was written down from " +
    "knowledge of the network, not from what lasthop prints. A twin is the same topology without " +
    "the fault, a near miss has something harmless that looks like it; both must come out clean. " +
    "Names, addresses, MTUs and some of the topology are drawn from the seed.",
    "",
    `Linux ${kernel}, seed ${seed}: ${faults.length} faults over ${codes.size} codes, ` +
    `${judged.length} cases, ${seconds} s.`,
    "",
    "```",
    ...scoreLines(judged),
    "```",
    "",
    ...notRight(judged),
    ...tableOf(judged, specs),
    "",
    ...ABSENT,
  ].join("\n");
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

function tableOf(judged: readonly Judged[], specs: readonly AnySpec[]): string[] {
  const find = (spec: AnySpec, kind: Kind) =>
    judged.find(({ run }) => run.id.spec === spec && run.id.kind === kind);
  const rows = specs.map((spec) => {
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
  ];
}

function notRight(judged: readonly Judged[]): string[] {
  const bad = judged.filter(({ score }) => score.mark !== "right");
  const lines = bad.map(({ run, score }) =>
    `- ${score.mark}: ${run.name}: ${score.complaints.join("; ")}`
  );
  return [...MEANINGS, ...(bad.length === 0 ? [] : ["## Not right", "", ...lines, ""])];
}

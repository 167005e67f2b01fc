/** The score, for the terminal and for `docs/faults.md`. */
import type { Kind } from "./case_run.ts";
import type { Judged } from "./group.ts";
import type { Mark } from "./score.ts";

const MARKS: readonly Mark[] = ["right", "incomplete", "unknown", "wrong", "invalid"];
const KINDS: readonly Kind[] = ["fault", "twin", "near"];
const TITLES: Record<Kind, string> = {
  fault: "faults",
  twin: "healthy twins",
  near: "near misses",
};

export function scoreLines(judged: readonly Judged[]): string[] {
  const rows = KINDS.map((kind) => {
    const own = judged.filter(({ run }) => run.id.kind === kind);
    const counts = MARKS.map((mark) => own.filter(({ score }) => score.mark === mark).length);
    return [TITLES[kind], own.length, ...counts].map(String);
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
  const ids = [...new Set(judged.map(({ run }) => run.id.spec.id))];
  const cell = (id: string, kind: Kind) =>
    judged.find(({ run }) => run.id.spec.id === id && run.id.kind === kind)?.score.mark ?? "–";
  const rows = ids.map((id) => {
    const one = judged.find(({ run }) => run.id.spec.id === id)!;
    const { code, near } = one.run.id.spec;
    const said = one.score.said.replaceAll("|", "\\|");
    const harmless = near === undefined ? "" : ` (${near.what})`;
    return `| ${id} | \`${code}\` | ${cell(id, "fault")} | ${cell(id, "twin")} | ` +
      `${cell(id, "near")}${harmless} | ${said} |`;
  });
  const codes = new Set(judged.map(({ run }) => run.id.spec.code));
  const kernel = judged[0]?.report.nodes[0]?.kernel ?? "?";
  return [
    "# The fault bench",
    "",
    "Written by `deno task faults`; don't edit. Each fault is injected on the real kernel, traced",
    "with the real probe and analysed as every trace is; what must be said was written down from",
    "knowledge of the network, not from what lasthop prints. A twin is the same topology without the",
    "fault, a near miss has something harmless that looks like it; both must come out clean.",
    "",
    `Linux ${kernel}, seed ${seed}: ${ids.length} faults over ${codes.size} codes, ` +
    `${judged.length} cases, ${seconds} s.`,
    "",
    "```",
    ...scoreLines(judged),
    "```",
    "",
    "| fault | code | fault found | twin | near miss | lasthop's word |",
    "| --- | --- | --- | --- | --- | --- |",
    ...rows,
    "",
    ...notRight(judged),
  ].join("\n");
}

function notRight(judged: readonly Judged[]): string[] {
  const bad = judged.filter(({ score }) => score.mark !== "right");
  if (bad.length === 0) return ["Nothing is wrong, unknown or invalid."];
  return [
    "## Not right",
    "",
    ...bad.map(({ run, score }) => `- ${score.mark}: ${run.name}: ${score.complaints.join("; ")}`),
    "",
  ];
}

/** Results, for the terminal and for `docs/cases.md`. */
import { type Mark, MARKS } from "./judge.ts";
import type { Result } from "./run.ts";
import type { AnyCase } from "./case.ts";

/** A result as lines for the terminal. */
export function linesOf({ one, mark, seconds, said, complaints }: Result): string[] {
  return [
    `${mark.padEnd(8)} ${one.name}  (${seconds} s)`,
    ...said.map((each) => `         said: ${each.slice(0, 400)}`),
    ...complaints.map((each) => `         ${each.slice(0, 600)}`),
  ];
}

/** One line: how many of each mark. */
export function countsOf(marks: readonly string[]): string {
  const counts = [...MARKS].reverse().map((mark) =>
    `${marks.filter((each) => each === mark).length} ${mark}`
  );
  return `${marks.length} cases: ${counts.join(", ")}`;
}

/** What is kept of a case's last run: its section of the page. */
interface Section {
  name: string;
  mark: string;
  date: string;
  text: string;
}

const HEADING = /^### ([\w.-]+): (\w+), (\d{4}-\d{2}-\d{2})$/;

/**
 * The page with new results in it: a case that was not run now keeps what its last run said. Cases
 * that are no more are left out, those that never ran are listed as such.
 */
export function pageWith(
  old: string,
  results: readonly Result[],
  cases: readonly AnyCase[],
  date: string,
): string {
  const before = new Map(sectionsIn(old).map((section) => [section.name, section]));
  for (const result of results) {
    const { one, mark } = result;
    before.set(one.name, { name: one.name, mark, date, text: textOf(result) });
  }
  const sections = cases.map((one): Section =>
    before.get(one.name) ?? { name: one.name, mark: "unrun", date: "1970-01-01", text: "" }
  );
  return [
    "# Reported incidents, rebuilt",
    "",
    ...INTRODUCTION,
    `${countsOf(sections.map(({ mark }) => mark))}.`,
    "",
    "| case | found | date | what was reported |",
    "| --- | --- | --- | --- |",
    ...cases.map((one, i) =>
      `| ${one.name} | ${sections[i]!.mark} | ${sections[i]!.date} | ${one.reported.words} |`
    ),
    "",
    "## What was said",
    "",
    ...sections.flatMap(({ name, mark, date, text }) => [
      `### ${name}: ${mark}, ${date}`,
      "",
      text,
      "",
    ]),
  ].join("\n");
}

const INTRODUCTION = [
  "Written by `deno task cases [NAME…]`; don't edit. Each is an incident that people reported in " +
  "public, rebuilt in network namespaces with real traffic, and traced as a user would. What must " +
  "be said was written down from knowledge of the network. A variation is the same kind of " +
  "incident elsewhere: other addresses, another family, routed instead of bridged.",
  "",
  "- **right**: the exchange's outcome, its cause, the facts that help; the remedy, applied, healed; " +
  "the healthy twin is clean.",
  "- **weak**: nothing of it is false, and something is missing.",
  "- **wrong**: something was said that is not so, a remedy did not heal, or a twin was accused.",
  "- **invalid**: the incident did not happen, or its twin was not well.",
  "",
];

function textOf({ one, said, complaints }: Result): string {
  return [
    `Reported: ${one.reported.words} (${one.reported.where.join("; ")})`,
    "",
    `True: ${one.truth}`,
    "",
    ...said.map((each) => `- said: ${plain(each)}`),
    ...complaints.map((each) => `- ${plain(each)}`),
  ].join("\n");
}

/** What came from a report is shown as it is, on one line: no part of it is markdown. */
function plain(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").replaceAll("`", "'").slice(0, 600);
  return `\`${line}\``;
}

function sectionsIn(page: string): Section[] {
  const found: Section[] = [];
  for (const part of page.split(/^(?=### )/m)) {
    const [first = "", ...rest] = part.split("\n");
    const match = HEADING.exec(first);
    if (match === null) continue;
    const [, name = "", mark = "", date = ""] = match;
    found.push({ name, mark, date, text: rest.join("\n").trim() });
  }
  return found;
}

export type { Mark };

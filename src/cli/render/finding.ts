/** Why it went no further: the cause in one sentence, what it rests on, what to do. */
import type { Cause, Flow } from "../../event/report.ts";
import { visible } from "../../words/escape.ts";
import type { Look } from "./look.ts";
import { columns, padEnd } from "./text.ts";
import { plural } from "./words.ts";

const EVIDENCE_MAX = 6;
/** Count of evidence lines for each cause after the first. */
const OTHER_EVIDENCE_MAX = 2;
const SENTENCE_MAX = 1_000;
const EVIDENCE_TEXT_MAX = 400;

/**
 * The causes of a flow, with what each rests on and what to do. `told` holds the causes that the
 * report has told in full already; those told here are added.
 */
export function findingLines(flow: Flow, told: Set<string>, look: Look): string[] {
  return causeLines([...flow.cause ? [flow.cause] : [], ...flow.otherCauses ?? []], told, look);
}

/** By what a cause is known that the report has told in full: the same of two flows is one. */
export const toldKey = ({ code, sentence }: Pick<Cause, "code" | "sentence">): string =>
  `${code} ${sentence}`;

/** The same for any list of causes, the first of which is the cause. */
export function causeLines(causes: readonly Cause[], told: Set<string>, look: Look): string[] {
  const lines: string[] = [];
  causes.forEach((cause, i) => {
    const key = toldKey(cause);
    const [first = "", ...rest] = look.lines(`${cause.code}, ${cause.confidence}`, 9);
    const heading = `  ${padEnd(i === 0 ? "Cause" : "Also", 5)}  `;
    lines.push("", ...[heading + first.slice(9), ...rest].map((line) => look.paint("bold", line)));
    if (told.has(key)) {
      lines.push("    the same as above");
      return;
    }
    told.add(key);
    lines.push(...look.lines(look.text(cause.sentence, SENTENCE_MAX), 4));
    lines.push(...evidenceLines(cause, i === 0 ? EVIDENCE_MAX : OTHER_EVIDENCE_MAX, look));
    lines.push(...remedyLines(cause, look));
  });
  return lines;
}

function evidenceLines({ evidence }: Cause, max: number, look: Look): string[] {
  if (evidence.length === 0) return [];
  const lines = ["", `  ${look.paint("bold", "Evidence")}`];
  const shown = evidence.slice(0, max);
  const names = shown.map(({ node }) => look.text(node, 24));
  const width = Math.max(...names.map(columns));
  shown.forEach(({ kind, text }, i) => {
    const who = `    ${kind}  ${padEnd(names[i]!, width)}`;
    const said = look.text(text, EVIDENCE_TEXT_MAX);
    // Beside a long name nothing is left of a narrow line.
    const beside = columns(who) <= look.width / 3;
    if (!beside) lines.push(who.trimEnd());
    lines.push(...look.lines(said, beside ? `${who}  ` : 6));
  });
  const left = evidence.length - shown.length;
  if (left > 0) lines.push(`    ${look.glyph.ellipsis} and ${left} more, see --json`);
  return lines;
}

function remedyLines({ remedy = [] }: Cause, look: Look): string[] {
  if (remedy.length === 0) return [];
  return ["", `  ${look.paint("bold", "Remedy")}`, ...commandLines(remedy, 4, look)];
}

/**
 * Commands behind `indent` columns, or behind words that stand before the first. Never wrapped: a
 * command is copied whole.
 */
export function commandLines(
  commands: readonly string[],
  indent: number | string,
  look: Look,
): string[] {
  const lead = typeof indent === "number" ? " ".repeat(indent) : indent;
  const space = " ".repeat(columns(lead));
  const lines = commands.map((command, i) =>
    (i === 0 ? lead : space) + look.paint("green", look.text(command, 500))
  );
  const escaped = commands.filter((command) => visible(command) !== command).length;
  if (escaped > 0) {
    const what = `${plural(escaped, "command")} with characters that can't be seen`;
    lines.push(...look.lines(`${what}: take the real text from --json`, space, "yellow"));
  }
  return lines;
}

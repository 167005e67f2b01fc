/** What `doctor` found, as text. */
import type { Capability } from "../../probe/kernel/capability.ts";
import type { Check } from "../../probe/doctor/check.ts";
import type { Diagnosis } from "../../probe/doctor/doctor.ts";
import { wrap } from "./text.ts";
import { plural } from "./words.ts";

interface Paper {
  /** Columns. */
  width: number;
  colour: boolean;
}

const COLOURS = { yes: "32", partly: "33", no: "31", unknown: "33", bold: "1", dim: "2" } as const;
const WORDS = { yes: "yes", partly: "partly", no: "no", unknown: "?" } as const;

/** Without a line end at its end. */
export function renderDiagnosis(
  { kernel, bpftrace, cpus }: Pick<Capability, "kernel" | "bpftrace" | "cpus">,
  { canTrace, obstacle, attachMs, checks, fixes }: Diagnosis,
  paper: Paper,
): string {
  const style = styleOf(paper);
  const tool = bpftrace === null ? "no bpftrace" : `bpftrace ${bpftrace}`;
  const lines = [
    `${style("bold", "What lasthop can see here")}  ${
      style("dim", `Linux ${kernel}, ${tool}, ${plural(cpus, "processor")}`)
    }`,
    "",
    ...checks.flatMap((check) => checkLines(check, paper)),
    "",
  ];
  if (canTrace) {
    const tried = attachMs === null ? "" : ` Tried: attached in ${(attachMs / 1000).toFixed(1)} s.`;
    lines.push(`${style("yes", "This machine can trace.")}${tried}`);
  } else lines.push(...wrap(obstacle!.message, paper.width).map((line) => style("no", line)));
  if (checks.some(({ state }) => state === "unknown")) {
    lines.push(...wrap("What is marked ? could not be checked without root.", paper.width));
  }
  for (const { why, command } of fixes) {
    lines.push("", ...wrap(`${why}${command ? ":" : ""}`, paper.width));
    if (command) lines.push(`  ${style("bold", command)}`);
  }
  return lines.join("\n");
}

/** The answer, the thing, and beside it, small, the scripts that see it. */
function checkLines({ state, what, note, scripts }: Check, paper: Paper): string[] {
  const style = styleOf(paper);
  const indent = " ".repeat(9);
  const beside = scripts.join(" ");
  const fits = indent.length + what.length + 2 + beside.length <= paper.width;
  const tail = fits && beside ? `  ${style("dim", beside)}` : "";
  const below = [note, fits ? "" : beside].filter(Boolean).join("; ");
  return [
    `  ${style(state, WORDS[state].padEnd(6))} ${what}${tail}`,
    ...(below ? wrap(below, paper.width - indent.length) : [])
      .map((line) => style("dim", `${indent}${line}`)),
  ];
}

function styleOf({ colour }: Paper): (name: keyof typeof COLOURS, text: string) => string {
  return (name, text) => colour ? `\x1b[${COLOURS[name]}m${text}\x1b[0m` : text;
}

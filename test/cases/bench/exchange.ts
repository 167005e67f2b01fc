/** What the judge reads of a report: its exchanges, and all that is said in it. */
import type { Cause, Exchange, Flow, Report } from "../../../src/event/report.ts";

/** The causes of an exchange, that of its outcome first. */
export function causesOf({ cause, findings = [] }: Exchange): Cause[] {
  return [...(cause ? [cause] : []), ...findings];
}

function causesOfFlow({ cause, otherCauses = [] }: Flow): Cause[] {
  return [...(cause ? [cause] : []), ...otherCauses];
}

/** All that a report says of causes, each as one text, once. */
export function sayingsOf({ flows, exchanges }: Report): string[] {
  const causes = [...flows.flatMap(causesOfFlow), ...exchanges.flatMap(causesOf)];
  return [...new Set(causes.map(textOf))];
}

/** A cause as one text: code, confidence, sentence, evidence and commands. */
export function textOf({ code, confidence, sentence, evidence, remedy = [] }: Cause): string {
  return [
    `${code}, ${confidence}: ${sentence}`,
    ...evidence.map(({ node, text }) => `${node}: ${text}`),
    ...remedy.map((one) => `$ ${one}`),
  ].join("\n");
}

/** An exchange's outcome with its causes, in a line. */
export function wordsOf(exchange: Exchange): string {
  const { outcome, gap } = exchange;
  const codes = causesOf(exchange).map(({ code, confidence, rule }) =>
    `${code} [${rule}] ${confidence}`
  );
  return `${outcome}, ${codes.join(", ") || "no cause"}${gap === undefined ? "" : `, gap: ${gap}`}`;
}

/** A report as the lines under `-- report --`: what it concludes, without times. */
import { holderWords } from "../../../src/event/holder_names.ts";
import type { Cause, Flow, Hop, NearChange, Report } from "../../../src/event/report.ts";
import { endPoint } from "../../../src/event/end_point.ts";
import { tupleText } from "./tuple.ts";

export function reportText(report: Report): string[] {
  return report.flows.flatMap((flow) => flowLines(flow));
}

/** Printed where a spec has `-- clocks --`. */
export function clockText(report: Report): string[] {
  return report.nodes.map(({ name, clock }) =>
    clock ? `${name} ${clock.offsetNs} ns, give or take ${clock.boundNs} ns` : `${name} unknown`
  );
}

/** Printed where a spec has `-- accounting --`. */
export function accountingText(report: Report): string[] {
  return Object.entries(report.accounting).map(([what, count]) => `${what} ${count}`);
}

/** Printed where a spec has `-- exchanges --`. */
export function exchangesText(report: Report): string[] {
  return report.exchanges.flatMap((
    { id, outcome, sentence, gap, answer, cause, findings = [] },
  ) => [
    `${id}${answer === undefined ? "" : `, answer ${answer}`}`,
    `  ${outcome}: ${sentence}`,
    ...(gap === undefined ? [] : [`  gap: ${gap}`]),
    ...(cause ? causeLines(cause) : []),
    ...findings.flatMap((finding) => ["  found:", ...causeLines(finding)]),
  ]);
}

/** Printed where a spec has `-- problems --`: times are seconds of the minute, by each node's clock. */
export function problemsText(report: Report): string[] {
  return report.problems.map((problem) => {
    const { state, severity, outcome, cause, gap, direction, protocol, to, lastHop } = problem;
    const failed = `${problem.flows} failed of ${problem.clients} clients (${
      problem.from.join(" ")
    })`;
    const healed = problem.healedAt === undefined
      ? ""
      : `, healed ${seconds(problem.healedAt)}, since then ${problem.deliveredSince}`;
    const { counted } = problem;
    const loss = counted === undefined
      ? ""
      : `, ${counted.lost} of ${counted.packets} counted to ${counted.to.node} ${counted.to.device}`;
    return `${state} ${severity} ${outcome} ${
      cause?.code ?? gap ?? "-"
    }, ${direction} of ${protocol} ${
      endPoint(to.address, to.port)
    }, ${lastHop.node} ${lastHop.netns}: ${failed}, ${problem.passed} passed, ${
      seconds(problem.firstAt)
    } to ${seconds(problem.lastAt)}${loss}${healed}${near("began", problem.began, report)}${
      near("mended", problem.mended, report)
    }`;
  });
}

function near(word: string, changes: readonly NearChange[] | undefined, report: Report): string {
  return (changes ?? []).map(({ change, afterMs }) => {
    const { node, part, action } = report.changes.find(({ id }) => id === change)!;
    return `, ${word} ${afterMs} ms after ${part} ${action} on ${node}`;
  }).join("");
}

/** Changes of node state: what, where, and between which moments. */
export const changesText = (report: Report): string[] =>
  report.changes.map(({ node, netns, part, action, what, was, now, count, after, by, heard }) => {
    const values = was === undefined ? "" : ` (${was} to ${now})`;
    const many = count > 1 ? ` and ${count - 1} more` : "";
    return `${node} ${netns}: ${part} ${action}: ${what}${values}${many}, ${heard ? "heard " : ""}${
      seconds(after)
    } to ${seconds(by)}`;
  });

const seconds = (timeOfDay: string) => timeOfDay.slice(-7, -1);

function flowLines(flow: Flow): string[] {
  const id = flow.icmpId === undefined ? "" : `#${flow.icmpId}`;
  const translated = flow.translated ? ` as ${tupleText(flow.translated)}` : "";
  const answers = flow.replyOf === undefined ? "" : `, answers ${flow.replyOf}`;
  return [
    `${tupleText(flow)}${id}${translated}${answers}`,
    `  ${flow.outcome}: ${counts(flow)}`,
    ...(flow.sourceName === undefined ? [] : [`  from ${flow.sourceName}`]),
    ...(flow.destinationName === undefined ? [] : [`  to ${flow.destinationName}`]),
    ...(flow.gap === undefined ? [] : [`  gap: ${flow.gap}`]),
    ...(flow.counted === undefined ? [] : [`  ${flow.counted.sentence}`]),
    ...flow.path.map((hop) => `  ${hopText(hop)}`),
    ...[...(flow.cause ? [flow.cause] : []), ...(flow.otherCauses ?? [])].flatMap(causeLines),
  ];
}

function counts({ packets }: Flow): string {
  const { seen, delivered, dropped, vanished, unknown, inFlight } = packets;
  const words = { delivered, dropped, vanished, unknown, "in flight": inFlight };
  const said = Object.entries(words).filter(([, n]) => n > 0)
    .map(([name, n]) => `, ${n} ${name}`);
  return `${seen} seen${said.join("")}`;
}

function hopText(hop: Hop): string {
  const words = [hop.node, `${hop.netns}:${hop.device}`, hop.stage];
  if (hop.translated) words.push(tupleText(hop.translated));
  if (hop.encap) {
    const { kind, id, source, destination, destinationPort } = hop.encap;
    words.push(`${kind}{${id} ${tupleText({ source, destination, destinationPort })}}`);
  }
  const whose = holderWords(hop);
  if (whose !== undefined) words.push(`of ${whose}`);
  if (hop.own) words.push("own");
  if (hop.reason !== undefined) words.push(hop.reason);
  if (hop.function !== undefined) words.push(`${hop.function}()`);
  return words.join(" ");
}

function causeLines(cause: Cause): string[] {
  return [
    `  [${cause.rule}] ${cause.code}, ${cause.confidence}: ${cause.sentence}`,
    ...cause.evidence.map(({ node, kind, text }) => `    ${kind} ${node}: ${text}`),
    ...(cause.remedy ?? []).map((text) => `    $ ${text}`),
  ];
}

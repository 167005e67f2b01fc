/** A report for a build server: a test case for each problem, and for each end that answered. */
import type { Problem, Report } from "../event/report.ts";
import { endPoint } from "../words/ends.ts";
import { placeName } from "../words/place.ts";
import { mendedText } from "../words/mended.ts";
import { clockInUtc, problemOutcome, problemSize } from "../words/problem.ts";
import { answeringEnds } from "./answered.ts";
import type { Export } from "./export.ts";
import { pathLines } from "./path_lines.ts";
import { PLAIN, plural, xml } from "./writing.ts";

const PLACE = { deviceMax: 64, netnsMax: 64, nodeMax: 64 };

/** JUnit's XML as build servers read it: a problem that is fails, one that nobody can judge is skipped. */
export const junit = {
  format: "junit",
  mediaType: "application/xml",
  write(report: Report) {
    const cases = [
      ...report.problems.map((problem) => problemCase(problem, report)),
      ...answeredCases(report),
    ];
    const count = (what: string) => cases.filter(({ kind }) => kind === what).length;
    const { from, to, incident } = report;
    const seconds = from === null || to === null ? 0 : (Date.parse(to) - Date.parse(from)) / 1e3;
    const totals = `tests="${cases.length}" failures="${count("failed")}" errors="0" skipped="${
      count("skipped")
    }" time="${(Number.isFinite(seconds) ? seconds : 0).toFixed(3)}"`;
    const name = `name="${xml(`lasthop ${incident}`)}"`;
    const when = from === null ? "" : ` timestamp="${xml(from)}"`;
    return [
      '<?xml version="1.0" encoding="UTF-8"?>',
      `<testsuites ${name} ${totals}>`,
      `  <testsuite ${name} ${totals}${when}>`,
      ...cases.map(({ text }) => text),
      "  </testsuite>",
      "</testsuites>",
      "",
    ].join("\n");
  },
} as const satisfies Export;

interface Case {
  kind: "failed" | "skipped" | "passed";
  text: string;
}

function problemCase(problem: Problem, report: Report): Case {
  const { cause, gap, severity, state, protocol, to, direction, lastHop, actions } = problem;
  const between = direction === "answer" ? "answers of" : "to";
  const name = `${protocol} ${between} ${endPoint(to.address, to.port)}`;
  const what = problemOutcome(problem, PLAIN);
  const message = `${what}: ${cause?.sentence ?? gap ?? problemSize(problem, plural, PLAIN)}`;
  const flow = report.flows.find(({ id }) => id === problem.example);
  const body = [
    problemSize(problem, plural, PLAIN),
    mendedText(problem, { time: clockInUtc, nowMs: null }),
    `last hop ${placeName(lastHop, PLAIN, PLACE)}`,
    ...(cause ? [`cause ${cause.code}, ${cause.confidence}: ${cause.sentence}`] : []),
    ...(cause?.evidence ?? []).map(({ kind, node, text }) => `${kind} on ${node}: ${text}`),
    ...(flow ? pathLines(flow) : []),
    ...actions.map((action) => `what to do: ${action}`),
  ].map(xml).join("\n");
  const head = `    <testcase classname="${xml(placeName(lastHop, PLAIN, PLACE))}" name="${
    xml(name)
  }">`;
  const kind = state === "healed" ? "passed" : severity === "unknown" ? "skipped" : "failed";
  const inner = {
    failed: `<failure type="${xml(cause?.code ?? problem.outcome)}" message="${
      xml(message)
    }">${body}</failure>`,
    skipped: `<skipped message="${xml(message)}"/><system-out>${body}</system-out>`,
    passed: `<system-out>${body}</system-out>`,
  }[kind];
  return { kind, text: `${head}${inner}</testcase>` };
}

/** Ends that answered, and of which nothing failed. */
function answeredCases({ exchanges }: Report): Case[] {
  return answeringEnds(exchanges).filter(({ isWhole }) => isWhole).map((one) => {
    const name = xml(`${one.protocol} to ${one.end}`);
    const text = `    <testcase classname="answered" name="${name}"><system-out>${
      plural(one.exchanges, one.noun)
    } answered</system-out></testcase>`;
    return { kind: "passed", text };
  });
}

/**
 * Runs every spec of this folder and of the folders of causes: events above, report below.
 * `UPDATE=1 deno test -A test/spec` rewrites the reports; look at the difference before you keep it.
 */
import { deepStrictEqual as equal } from "node:assert/strict";
import { analyse, type AnalysisInput } from "../../src/analysis/mod.ts";
import { failedLookup } from "../../src/analysis/rules/no-route/failed_lookup.ts";
import {
  EXCHANGE_RULES,
  ROUTINE_RULES,
  RULES,
  UNANSWERED_RULES,
} from "../../src/analysis/rules/order.ts";
import type { Report } from "../../src/event/report.ts";
import { analyseSharded } from "../shards/analyse_sharded.ts";
import { seedCount } from "../sim/seed_count.ts";
import { disturbed, inputOf, rewired } from "./form/batches.ts";
import { byDifference } from "./form/by_difference.ts";
import {
  accountingText,
  changesText,
  clockText,
  exchangesText,
  problemsText,
  reportText,
} from "./form/report_text.ts";
import { parseSpec, type Spec } from "./form/spec.ts";
import { specPaths } from "./form/spec_paths.ts";

const root = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");
const isUpdate = Deno.env.get("UPDATE") === "1";
/** Orders of arrival that every spec is tried in. */
const SEEDS = [23, 4417, 70_001];

const PRINTERS: Record<string, (report: Report) => string[]> = {
  report: reportText,
  clocks: clockText,
  accounting: accountingText,
  exchanges: exchangesText,
  problems: problemsText,
  changes: changesText,
};

for (const [i, short] of specPaths(root).entries()) {
  const path = `${root}/${short}`;
  const text = Deno.readTextFileSync(path);
  const title = text.slice(2, text.indexOf("\n"));
  Deno.test(`${title} (${short})`, () => {
    const spec = parseSpec(text, short);
    const input = inputOf(spec);
    const report = analyse(input);
    const found = written(spec, report);
    if (isUpdate) {
      if (found !== text) Deno.writeTextFileSync(path, found);
      return;
    }
    equal(found, text);
    equal(strayFindings(report), [], 'a rule answers with a code that its "yields" lacks');
    for (const [what, again] of otherWays(input).filter((_, way) => way % WAYS === i % WAYS)) {
      const other = again();
      equal(reportText(other), reportText(report), what);
      equal(other, report, what);
    }
  });
}

/** Of `lasthop test --quick` each spec is told in one way more, another than its neighbours'. */
const WAYS = seedCount(1, 10);

/** The same told in other ways, which must mean the same. */
function otherWays(input: AnalysisInput): [string, () => Report][] {
  return [
    ["encoded and decoded again", () => analyse(rewired(input))],
    ["on one shard [D2]", () => analyseSharded(input, 1).report],
    ["on two shards [D2]", () => analyseSharded(input, 2).report],
    ["on three shards [D2]", () => analyseSharded(input, 3).report],
    ["on eight shards [D2]", () => analyseSharded(input, 8).report],
    ["its states by difference [D12]", () => analyse(disturbed(byDifference(input), 99))],
    ["the same on three shards [D12]", () => analyseSharded(byDifference(input), 3).report],
    ...SEEDS.map((seed): [string, () => Report] => [
      `in the order of seed ${seed}`,
      () => analyse(disturbed(input, seed)),
    ]),
  ];
}

const YIELDS = Map.groupBy(
  [...RULES, ...ROUTINE_RULES, ...UNANSWERED_RULES, ...EXCHANGE_RULES, failedLookup],
  ({ id }): string | undefined => id,
);

/** Codes of findings that their rules do not say they may yield. */
const strayFindings = ({ flows, exchanges }: Report): string[] =>
  [
    ...flows.flatMap(({ cause, otherCauses = [] }) => [...(cause ? [cause] : []), ...otherCauses]),
    ...exchanges.flatMap(({ cause, findings = [] }) => [...(cause ? [cause] : []), ...findings]),
  ]
    .filter(({ rule, code }) => !YIELDS.get(rule)?.some(({ yields }) => yields.includes(code)))
    .map(({ rule, code }) => `${rule} ${code}`);

/** The whole file with what the analysis says now. */
function written(spec: Spec, report: Report): string {
  const names = ["report", ...[...spec.expected.keys()].filter((name) => name !== "report")];
  const sections = names.map((name) => {
    const lines = PRINTERS[name]!(report);
    return `-- ${name} --\n${lines.map((line) => `${line}\n`).join("")}`;
  });
  return spec.given + sections.join("");
}

import { deepEqual } from "node:assert/strict";
import fc from "fast-check";
import type { Report } from "../../event/report.ts";
import { ReportText } from "../../ingest/live/report_text.ts";
import { ReportTeller, spelled } from "../../ingest/live/spelled.ts";
import { anyReport } from "../render/arbitrary.ts";
import { lookOf } from "../render/mod.ts";
import { rowsOf, type Whole } from "../render/rows.ts";
import { LightReport } from "./light_report.ts";

const options = { width: 100, colour: false };

/** All that is printed of a report's rows. */
const printed = (report: Report, whole?: Whole) =>
  rowsOf(report, whole).map(({ id, state, isOpen, lines, first, detail }) => [
    ...[id, state, isOpen],
    ...[lines(lookOf(options)), first(options), detail(options)],
  ]);

/** Each thing is there once, as in any report that an analysis makes. */
function distinct(report: Report): Report {
  const once = <T>(all: readonly T[], idOf: (item: T) => string) => [
    ...new Map(all.map((item) => [idOf(item), item])).values(),
  ];
  const byId = <T extends { id: string }>(all: readonly T[]) => once(all, ({ id }) => id);
  return {
    ...report,
    nodes: once(report.nodes, ({ name }) => name),
    problems: byId(report.problems),
    changes: byId(report.changes),
    exchanges: byId(report.exchanges),
    flows: byId(report.flows),
  };
}

/** Flows and exchanges whose ids are no other's. */
const named = (report: Report, name: string): Report => ({
  ...report,
  flows: report.flows.map((flow, i) => ({ ...flow, id: `${name} ${i}` })),
  exchanges: report.exchanges.map((one, i) => ({ ...one, id: `${name} ${i}` })),
});

Deno.test("rows of a light report are printed as those of the whole one, as it grows", () => {
  const any = (name: string) =>
    anyReport.map((report) => JSON.parse(JSON.stringify(distinct(named(report, name)))) as Report);
  fc.assert(fc.property(any("a"), any("b"), fc.boolean(), (first, other, misses) => {
    const light = new LightReport();
    const text = new ReportText(spelled(first));
    light.take({ number: 1, closed: false, change: null, isPostponed: false, text });
    deepEqual(printed(light.report, light.whole), printed(first));
    // Some flows stay as they are, some are others, some come and some go.
    const again = other.flows.slice(0, 1).map((flow) => ({ ...flow, id: "a 0" }));
    const next = distinct({ ...other, flows: [...other.flows, ...first.flows, ...again] });
    const teller = new ReportTeller();
    teller.begin(first);
    const change = teller.next(next);
    if (change === null) return;
    text.apply(change);
    // Who missed a report reads all of the next.
    const since = misses ? 0 : 1;
    light.take({
      number: 2,
      closed: false,
      change: { since, told: change },
      isPostponed: false,
      text,
    });
    deepEqual(printed(light.report, light.whole), printed(next));
    deepEqual(text.report(), JSON.parse(text.json()));
  }));
});

Deno.test("a light report has no path but of the conversation that is shown", () => {
  const has = anyReport.filter(({ flows }) => flows.some(({ path }) => path.length > 0));
  const [report] = fc.sample(has, { numRuns: 1, seed: 7 }) as [Report];
  const light = new LightReport();
  const text = new ReportText(spelled(named(report, "a")));
  light.take({ number: 1, closed: false, change: null, isPostponed: false, text });
  deepEqual(light.report.flows.flatMap(({ path }) => path), []);
  const shown = light.report.flows.map((flow) => light.whole({ flow, replies: [] }).flow);
  deepEqual(shown, JSON.parse(JSON.stringify(named(report, "a").flows)));
});

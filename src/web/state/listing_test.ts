/** The list that is kept right by changes, held against one that is made anew of the same. */
import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { parseReportFilter } from "../../event/filter/mod.ts";
import type { Exchange, Flow, Problem } from "../../event/report.ts";
import { problem } from "../fixture/problems.ts";
import { i1Repaired } from "../fixture/incident_1_2.ts";
import { NOTHING } from "../fixture/listed.ts";
import { LiveIncident } from "../live/live_incident.ts";
import { Grouping } from "./grouping.ts";
import { type Choice, Listing } from "./listing.ts";

const [base] = i1Repaired().flows as [Flow];
const IDS = Array.from({ length: 40 }, (_, i) => `f${i}`);
const id = fc.constantFrom(...IDS);
const problemId = fc.constantFrom("p0", "p1", "p2");

const flow: fc.Arbitrary<Flow> = fc.record({
  id,
  replyOf: fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, id),
  outcome: fc.constantFrom("delivered" as const, "dropped" as const, "in-flight" as const),
  destination: fc.constantFrom("10.0.0.1", "10.0.0.2"),
  gap: fc.option(fc.constant("nobody watches there"), { nil: undefined }),
  problems: fc.option(fc.uniqueArray(problemId, { maxLength: 2 }), { nil: undefined }),
}).map((fields) => ({ ...base, cause: undefined, ...fields }));

const exchange: fc.Arbitrary<Exchange> = fc.record({
  id,
  answer: fc.option(id, { nil: undefined }),
  otherAnswers: fc.uniqueArray(id, { maxLength: 2 }),
  outcome: fc.constantFrom("answered" as const, "unanswered" as const),
  problem: fc.option(problemId, { nil: undefined }),
}).map((fields) => ({
  ...fields,
  question: fields.id,
  protocol: "udp",
  client: { address: "10.0.0.9" },
  server: { address: "10.0.0.1", port: 53 },
  sentence: "",
  firstAt: "",
  lastAt: "",
}));

const problems: fc.Arbitrary<Problem[]> = fc.uniqueArray(
  fc.record({ id: problemId, severity: fc.constantFrom("major" as const, "unknown" as const) })
    .map((fields) =>
      problem({
        ...fields,
        outcome: "dropped",
        lastHop: base.lastHop,
        to: { address: "10.0.0.1" },
        example: "f0",
      })
    ),
  { selector: (one) => one.id, maxLength: 3 },
);

const place = fc.tuple(id, fc.nat(30));
const told = fc.oneof(
  flow.map((flow) => ["flow", { flow }] as const),
  flow.map((flow) => ["flow", { flow }] as const),
  exchange.map((exchange) => ["exchange", { exchange }] as const),
  id.map((id) => ["flow-gone", { id }] as const),
  id.map((id) => ["exchange-gone", { id }] as const),
  fc.record({
    places: fc.uniqueArray(place, { selector: ([id]) => id, maxLength: 3 })
      .map((all) => all.toSorted((a, b) => a[1] - b[1])),
    exchangePlaces: fc.uniqueArray(place, { selector: ([id]) => id, maxLength: 2 })
      .map((all) => all.toSorted((a, b) => a[1] - b[1])),
  }).map((summary) => ["summary", summary] as const),
  fc.shuffledSubarray(IDS).map((order) => ["summary", { order }] as const),
  problems.map((problems) => ["summary", { problems }] as const),
);

/** Enough flows to be folded. */
const begun = fc.tuple(fc.array(flow, { maxLength: 60 }), problems).map(([flows, problems]) => [
  ...flows.map((flow) => ["flow", { flow }] as const),
  ["summary", { problems }] as const,
]);

const choice: fc.Arbitrary<Choice> = fc.record({
  filter: fc.constantFrom("", "outcome dropped", "host 10.0.0.2").map(parseReportFilter),
  window: fc.constant(null),
  problem: fc.option(problemId, { nil: null, freq: 2 }),
  open: fc.constantFrom(
    [],
    ["problem p0"],
    ["well delivered icmp 10.0.0.1", "well answered udp 10.0.0.1:53", "problem p1"],
  ).map((keys) => new Set<string>(keys)),
});

const step = fc.oneof(
  { weight: 6, arbitrary: fc.array(told, { minLength: 1, maxLength: 12 }) },
  { weight: 1, arbitrary: choice },
);

function tellProblems(listing: Listing, all: readonly Problem[]): void {
  const known = all.filter(({ severity }) => severity !== "unknown");
  listing.setProblems({
    known: new Map(all.map((one) => [one.id, one])),
    failing: new Set(known.map(({ id }) => id)),
  });
}

/** All that a page shows of a list. */
function shown(listing: Listing) {
  const rows = listing.rowsBetween(0, listing.total.height);
  return {
    rows,
    total: { ...listing.total },
    outcomes: new Map([...listing.outcomes].sort()),
    protocols: new Map([...listing.protocols].sort()),
    counts: [listing.within, listing.failed, listing.flows],
    firstFlow: listing.firstFlow,
    has: IDS.map((id) => listing.has(id)),
    places: [...IDS, ...rows.map(({ key }) => key)].map((key) => listing.placeOf(key)),
    at: rows.map(({ index }) => listing.rowAt(index)?.key),
    groups: [listing.groupsListed(), new Set(listing.groupsWithin())],
  };
}

Deno.test("a list kept right by changes is the one that is made anew of the same", () => {
  let folded = 0;
  fc.assert(
    fc.property(begun, fc.array(step, { maxLength: 12 }), (begun, steps) => {
      const live = new LiveIncident();
      const grouping = new Grouping(live);
      const listing = new Listing(grouping, NOTHING);
      let now = NOTHING;
      for (const one of [begun, ...steps]) {
        if (!Array.isArray(one)) listing.choose(now = one);
        else {
          live.take(one.map(([event, data]) => ({ id: "", event, data: JSON.stringify(data) })));
          const touched = live.touched();
          if (touched.isAll) {
            grouping.joinAll();
            listing.fill();
          } else listing.update(grouping.update(touched));
          tellProblems(listing, live.state.problems);
        }
        const anew = new Grouping(live);
        anew.joinAll();
        deepEqual([...grouping.all()], [...anew.all()]);
        const whole = new Listing(anew, now);
        tellProblems(whole, live.state.problems);
        whole.fill();
        const [kept, made] = [shown(listing), shown(whole)];
        deepEqual(kept, made);
        folded += kept.rows.filter(({ kind }) => kind === "fold").length;
        kept.rows.forEach((row, i) => {
          equal(row.index, i);
          equal(row.top, i === 0 ? 0 : kept.rows[i - 1]!.top + kept.rows[i - 1]!.height);
        });
      }
    }),
    { numRuns: 200 },
  );
  ok(folded > 0, "some of them fold");
});

Deno.test("a change among 20,000 flows joins and lists its own group alone", () => {
  const live = new LiveIncident();
  const flows = Array.from({ length: 20_000 }, (_, i) => ({ ...base, id: `f${i}` }));
  live.take([{ id: "", event: "report", data: JSON.stringify({ flows }) }]);
  live.touched();
  const grouping = new Grouping(live);
  grouping.joinAll();
  const change = { flow: { ...base, id: "f777", outcome: "dropped" } };
  live.take([{ id: "", event: "flow", data: JSON.stringify(change) }]);
  const { gone, come } = grouping.update(live.touched());
  deepEqual([gone.length, come.length], [1, 1]);
  equal(come[0]!.flows[0]!.outcome, "dropped");
});

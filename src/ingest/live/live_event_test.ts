import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { tally } from "../../../test/contract/tally.ts";
import type { Report } from "../../event/report.ts";
import { countsOf } from "./counts.ts";
import { applyLive, type LiveEvent } from "./live_event.ts";
import { LiveReport } from "./live_report.ts";
import { ReportText } from "./report_text.ts";
import { ReportTeller, spelled } from "./spelled.ts";
import { countOfEvents, isOther, messagesOf } from "./told.ts";
import { eventsOf } from "./viewer.ts";

const none = tally({ incident: "i", batches: [], filter: "", closed: false, evicted: 0 });

/** A report with flows in any order, of any outcome, and any figures. */
const report: fc.Arbitrary<Report> = fc.record({
  flows: fc.uniqueArray(
    fc.record({ id: fc.constantFrom("a", "b", "c", "d", "e"), dropped: fc.nat(2) }),
    { selector: ({ id }) => id },
  ),
  exchanges: fc.uniqueArray(
    fc.record({ id: fc.constantFrom("a", "b", "c"), tookMs: fc.nat(2) }),
    { selector: ({ id }) => id },
  ),
  evicted: fc.nat(2),
  nodes: fc.uniqueArray(fc.record({ name: fc.constantFrom("x", "y", "z"), events: fc.nat(2) }), {
    selector: ({ name }) => name,
  }),
  changes: fc.uniqueArray(fc.record({ id: fc.constantFrom("p", "q", "r"), count: fc.nat(2) }), {
    selector: ({ id }) => id,
  }),
}).map(({ flows, exchanges, evicted, nodes, changes }) => ({
  ...none,
  nodes: nodes as unknown as Report["nodes"],
  changes: changes as unknown as Report["changes"],
  accounting: { ...none.accounting, evicted },
  exchanges: exchanges.map(({ id, tookMs }) => ({
    id,
    protocol: "udp",
    client: { address: id },
    server: { address: "z", port: 53 },
    outcome: "answered" as const,
    sentence: "it was answered",
    question: id,
    firstAt: "2026-11-26T00:00:00.000Z",
    lastAt: "2026-11-26T00:00:00.000Z",
    tookMs,
  })),
  flows: flows.map(({ id, dropped }) => ({
    id,
    protocol: "icmp",
    source: id,
    destination: "z",
    packets: { seen: 2, delivered: 0, dropped, vanished: 0, unknown: 0, inFlight: 2 - dropped },
    outcome: dropped > 0 ? "dropped" as const : "in-flight" as const,
    lastHop: {
      node: "n",
      netns: "1",
      device: "d",
      ifindex: 1,
      deviceKind: "veth",
      stage: "drop" as const,
      timeNs: "1",
    },
    path: [],
  })),
}));

/** What leads from one report to the next, as a viewer reads it who wants all lists, or differences. */
function told(before: Report, after: Report, isBrief = false): LiveEvent[] {
  const teller = new ReportTeller();
  equal(teller.next(before), null, "the first has nothing to be told from");
  const change = teller.next(after)!;
  const text = new ReportText(spelled(before));
  text.apply(change);
  equal(text.json(), JSON.stringify(after));
  if (!isOther(change)) return [];
  const messages = messagesOf(change, text).flatMap(eventsOf);
  equal(messages.length, countOfEvents(change));
  return messages.map(({ brief, ...whole }) => (isBrief ? brief : undefined) ?? whole)
    .map(({ event, data }) => ({ event, data: JSON.parse(data) }) as LiveEvent);
}

Deno.test("a report is spelled as JSON.stringify does", () => {
  fc.assert(fc.property(report, (one) => {
    const text = new ReportText(spelled(one));
    equal(text.json(), JSON.stringify(one));
    ok(Math.abs(text.chars - text.json().length) < 200, `${text.chars}`);
  }));
  const { changes: _, ...older } = none;
  equal(new ReportText(spelled(older as Report)).json(), JSON.stringify(older));
});

Deno.test("changes, applied to the report before, give the report after", () => {
  fc.assert(fc.property(fc.array(report, { minLength: 1, maxLength: 5 }), (reports) => {
    for (const isBrief of [false, true]) {
      let viewed: Report = none;
      const live = new LiveReport();
      live.take({ event: "report", data: none });
      for (const [i, next] of reports.entries()) {
        for (const change of told(reports[i - 1] ?? none, next, isBrief)) {
          viewed = applyLive(viewed, change)!;
          live.take(change);
        }
        deepEqual(viewed, next);
        deepEqual(live.report, next);
        equal(live.report, live.report, "it is put together once");
      }
    }
  }));
});

Deno.test("flows and exchanges of a change that are told twice are the same", () => {
  fc.assert(fc.property(report, report, fc.nat(), (before, after, some) => {
    const change = told(before, after);
    const items = change.filter(({ event }) => event !== "summary");
    const begun = items.slice(0, some % (items.length + 1));
    const live = new LiveReport();
    live.take({ event: "report", data: before });
    for (const event of [...begun, ...change]) live.take(event);
    const viewed = [...begun, ...change].reduce((v: Report, one) => applyLive(v, one)!, before);
    deepEqual([viewed, live.report], [after, after]);
  }));
});

Deno.test("nothing changed is no change, and only what changed is told", () => {
  fc.assert(fc.property(report, (one) => {
    deepEqual(told(one, structuredClone(one)), []);
    const more = { ...one, accounting: { ...one.accounting, events: 9 } };
    const [change, ...rest] = told(one, more);
    deepEqual([change!.event, rest.length], ["summary", 0]);
    equal("order" in change!.data, false);
  }));
});

Deno.test("one flow among thousands is told alone, wherever its place is then", () => {
  const packets = { seen: 1, delivered: 1, dropped: 0, vanished: 0, unknown: 0, inFlight: 0 };
  const flowOf = (id: string) => ({ id, outcome: "delivered", packets }) as Report["flows"][number];
  const flows = Array.from({ length: 5000 }, (_, i) => flowOf(`flow-${i}`));
  const many = { ...none, flows };
  const other = flowOf("other");
  const worse = { ...flowOf("flow-4999"), outcome: "dropped" as const };
  const cases = [
    [other, ...flows],
    flows.toSpliced(2500, 0, other),
    [...flows.slice(0, 4000), worse, ...flows.slice(4000, 4999)],
    [...flows.slice(1), other],
    flows.slice(1),
  ];
  for (const next of cases) {
    const after = { ...many, flows: next };
    const changes = told(many, after);
    deepEqual(changes.reduce((viewed: Report, one) => applyLive(viewed, one)!, many), after);
    ok(JSON.stringify(changes).length < 1500, JSON.stringify(changes).slice(0, 300));
  }
  // Where others moved than those that changed, all are told.
  const turned = { ...many, flows: [flows[1]!, flows[0]!, ...flows.slice(2)] };
  deepEqual(told(many, turned).reduce((v: Report, one) => applyLive(v, one)!, many), turned);
});

Deno.test("who asked for differences is told of one node among thousands, others of all", () => {
  const nodes = Array.from({ length: 3000 }, (_, i) => ({ name: `n${i}`, events: i, netns: [] }));
  const before = { ...none, nodes } as unknown as Report;
  const after = { ...before, nodes: before.nodes.with(7, { ...before.nodes[7]!, events: 9 }) };
  const [brief] = told(before, after, true);
  ok(JSON.stringify(brief).length < 700, JSON.stringify(brief));
  deepEqual(applyLive(before, brief!), after);
  const [whole] = told(before, after);
  ok(whole?.event === "summary");
  deepEqual([whole.data.nodes, whole.data.differences], [after.nodes, undefined]);
});

Deno.test("counts add up, also where they are brought on by what changed", () => {
  fc.assert(fc.property(report, report, (before, one) => {
    const teller = new ReportTeller();
    teller.next(before);
    deepEqual(teller.next(one)!.counts, countsOf(one));
    const { flows, outcomes, packets } = countsOf(one);
    equal(flows, one.flows.length);
    equal(Object.values(outcomes).reduce((sum, n) => sum + n, 0), flows);
    equal(packets.dropped + packets.inFlight, packets.seen);
  }));
});

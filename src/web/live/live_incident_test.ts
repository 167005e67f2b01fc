import { deepEqual, equal } from "node:assert/strict";
import { Report } from "../../event/report.ts";
import { crowd } from "../fixture/crowd.ts";
import { hostile, longPath, manyFlows } from "../fixture/extremes.ts";
import { i1, i1Repaired, i2, i2Repaired } from "../fixture/incident_1_2.ts";
import { i3, i3Repaired, i4, i4Repaired } from "../fixture/incident_3_4.ts";
import { problems } from "../fixture/problems.ts";
import { LiveIncident } from "./live_incident.ts";

const FIXTURES = {
  i1,
  i1Repaired,
  i2,
  i2Repaired,
  i3,
  i3Repaired,
  i4,
  i4Repaired,
  longPath,
  many: () => manyFlows(40),
  problems: () => problems("healed"),
  crowd,
};

const sent = (event: string, data: unknown) => ({ id: "", event, data: JSON.stringify(data) });

/** An incident that was told this report. */
function told(report: unknown): LiveIncident {
  const live = new LiveIncident();
  live.take([sent("report", report)]);
  return live;
}

const orderOf = (live: LiveIncident) => [...live.flowOrder];
const plain = (value: unknown) => JSON.parse(JSON.stringify(value));

for (const [name, make] of Object.entries(FIXTURES)) {
  Deno.test(`fixture ${name} is a report by the schema, and is read as it was sent`, () => {
    const sentReport = Report.parse(make());
    const { state } = told(sentReport);
    const read = plain([...state.flows.values()]);
    for (const flow of read) if (flow.otherCauses.length === 0) delete flow.otherCauses;
    deepEqual(read, plain(sentReport.flows));
    deepEqual(plain(state.problems), plain(sentReport.problems));
    deepEqual(plain(state.changes), plain(sentReport.changes));
    deepEqual(plain(state.nodes), plain(sentReport.nodes));
    equal(state.unread, 0);
  });
}

Deno.test("a flow is added, changed and taken away; a summary brings the order and the counts", () => {
  const live = told(i1());
  equal(live.touched().isAll, true);
  const [flow] = i1().flows;
  const other = { ...flow!, id: "other" };
  const isWhole = live.take([
    sent("flow", { flow: other }),
    sent("flow", { flow: { ...flow, outcome: "delivered" } }),
  ]);
  equal(isWhole, false, "its summary has not come");
  const summary = { from: null, to: null, nodes: [], order: ["other", flow!.id] };
  equal(live.take([sent("summary", summary)]), true);
  deepEqual(orderOf(live), ["other", flow!.id]);
  equal(live.flows.get(flow!.id)?.outcome, "delivered");
  equal(live.state.nodes.length, 0);
  live.touched();
  live.take([sent("flow-gone", { id: "other" })]);
  deepEqual(orderOf(live), [flow!.id]);
  deepEqual(live.touched(), { flows: new Set(["other"]), exchanges: new Set(), isAll: false });
});

Deno.test("flows that changed are put where a summary says, the others stay as they are", () => {
  const live = told(i1());
  const first = i1().flows[0]!.id;
  const flows = ["a", "b", "c"].map((id) => sent("flow", { flow: { ...i1().flows[0]!, id } }));
  live.take([...flows, sent("summary", { places: [["c", 0], ["a", 2]] })]);
  deepEqual(orderOf(live), ["c", first, "a", "b"]);
  live.take([sent("summary", { places: [["nowhere", 1e300], [7], "x", ["b", -1]] })]);
  deepEqual(new Set(orderOf(live)), new Set(["a", "b", "c", first]));
});

Deno.test("an order that forgets a flow or names an unknown one loses nothing", () => {
  const live = told(i1());
  live.take([sent("summary", { order: ["nowhere"] })]);
  deepEqual(orderOf(live), [i1().flows[0]!.id]);
});

Deno.test("what did not change in a list that is told again stays the same object", () => {
  const report = crowd();
  const live = told(report);
  const { nodes, problems, changes } = live.state;
  const again = structuredClone(report);
  live.take([sent("summary", { nodes: again.nodes, problems: again.problems })]);
  equal(live.state.nodes, nodes);
  equal(live.state.problems, problems);
  const [first, second, ...rest] = again.problems;
  live.take([sent("summary", { problems: [{ ...first, flows: 999 }, second, ...rest] })]);
  equal(live.state.problems[0]!.flows, 999);
  equal(live.state.problems[1], problems[1]);
  equal(live.state.changes, changes);
});

Deno.test("lists are told by what changed in them", () => {
  const report = crowd();
  const live = told(report);
  const { nodes, problems } = live.state;
  const [a, b, c] = problems.map(({ id }) => id);
  const differences = {
    nodes: { set: [{ ...nodes[1], events: 7 }] },
    problems: { set: [{ ...problems[2], flows: 5 }], gone: [a], places: [[c, 0]] },
    changes: "no",
  };
  live.take([sent("summary", { differences })]);
  deepEqual(live.state.nodes.map(({ events }) => events), [1_204, 7, 1_204]);
  equal(live.state.nodes[0], nodes[0]);
  deepEqual(live.state.problems.map(({ id, flows }) => [id, flows]), [[c, 5], [b, 343]]);
  live.take([sent("summary", { differences: { problems: { order: [b, "nowhere"] } } })]);
  deepEqual(live.state.problems.map(({ id }) => id), [b, c]);
  live.take([sent("summary", { problems: report.problems })]);
  deepEqual(plain(live.state.problems), plain(report.problems));
});

Deno.test("what can't be read is counted, and the rest goes on", () => {
  const bad = { id: "", event: "flow", data: "{cut" };
  const live = new LiveIncident();
  live.take([bad, sent("flow", { flow: 7 }), sent("report", i4())]);
  equal(live.state.unread, 2);
  equal(live.flows.size, 1);
});

Deno.test("words of a newer ingest, wrong types and missing fields make no error", () => {
  const strange = [null, 7, [], {}, { flows: [{ id: "a", path: "no", cause: 1 }] }];
  for (const data of strange) new LiveIncident().take([sent("report", data), sent("later", data)]);
  const live = told({ flows: [{ id: "a", outcome: "evaporated" }] });
  equal(live.flows.get("a")?.source, "?");
});

Deno.test("missed changes are counted; an end that is no shutdown is an end, and settles", () => {
  const live = told(i1());
  live.take([sent("missed", { count: 12 })]);
  equal(live.state.missed, 12);
  live.take([sent("end", { reason: "shutdown" })]);
  equal(live.state.ended, null);
  const late = { ...i1().flows[0]!, outcome: "in-flight" };
  live.take([sent("flow", { flow: late }), sent("end", { reason: "deleted" })]);
  equal(live.state.ended, "deleted");
  equal(live.flows.get(late.id)!.outcome, "unknown");
  live.take([sent("flow", { flow: late })]);
  equal(live.flows.get(late.id)!.outcome, "unknown", "and what still comes");
});

Deno.test("a hostile report is read like any other", () => {
  equal(told(hostile()).flows.size, 1);
});

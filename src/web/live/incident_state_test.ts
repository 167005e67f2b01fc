import { deepEqual, equal } from "node:assert/strict";
import { Report } from "../../event/report.ts";
import { crowd } from "../fixture/crowd.ts";
import { hostile, longPath, manyFlows } from "../fixture/extremes.ts";
import { i1, i1Repaired, i2, i2Repaired } from "../fixture/incident_1_2.ts";
import { i3, i3Repaired, i4, i4Repaired } from "../fixture/incident_3_4.ts";
import { problems } from "../fixture/problems.ts";
import { EMPTY_STATE, fold, type IncidentState } from "./incident_state.ts";

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
const after = (told: IncidentState, event: string, data: unknown) =>
  fold(told, [sent(event, data)]);

for (const [name, make] of Object.entries(FIXTURES)) {
  Deno.test(`fixture ${name} is a report by the schema, and is read as it was sent`, () => {
    const sentReport = Report.parse(make());
    const told = after(EMPTY_STATE, "report", sentReport);
    const plain = (value: unknown) => JSON.parse(JSON.stringify(value));
    const read = plain([...told.flows.values()]);
    for (const flow of read) if (flow.otherCauses.length === 0) delete flow.otherCauses;
    deepEqual(read, plain(sentReport.flows));
    deepEqual(plain(told.problems), plain(sentReport.problems));
    deepEqual(plain(told.changes), plain(sentReport.changes));
    deepEqual(plain(told.nodes), plain(sentReport.nodes));
    equal(told.unread, 0);
  });
}

Deno.test("a flow is added, changed and taken away; a summary brings the order and the counts", () => {
  const base = after(EMPTY_STATE, "report", i1());
  const [flow] = i1().flows;
  const other = { ...flow!, id: "other" };
  let told = fold(base, [
    sent("flow", { flow: other }),
    sent("flow", { flow: { ...flow, outcome: "delivered" } }),
    sent("summary", { from: null, to: null, nodes: [], order: ["other", flow!.id] }),
  ]);
  deepEqual(told.order, ["other", flow!.id]);
  equal(told.flows.get(flow!.id)?.outcome, "delivered");
  equal(told.nodes.length, 0);
  told = after(told, "flow-gone", { id: "other" });
  deepEqual(told.order, [flow!.id]);
  equal(base.flows.size, 1, "what was told before is not changed");
});

Deno.test("flows that changed are put where a summary says, the others stay as they are", () => {
  const base = after(EMPTY_STATE, "report", i1());
  const first = i1().flows[0]!.id;
  const flows = ["a", "b", "c"].map((id) => sent("flow", { flow: { ...i1().flows[0]!, id } }));
  const told = fold(base, [...flows, sent("summary", { places: [["c", 0], ["a", 2]] })]);
  deepEqual(told.order, ["c", first, "a", "b"]);
  const hostile = { places: [["nowhere", 1e300], [7], "x", ["b", -1]] };
  deepEqual(new Set(after(told, "summary", hostile).order), new Set(told.order));
});

Deno.test("an order that forgets a flow or names an unknown one loses nothing", () => {
  const told = after(after(EMPTY_STATE, "report", i1()), "summary", { order: ["nowhere"] });
  deepEqual(told.order, [i1().flows[0]!.id]);
});

Deno.test("what can't be read is counted, and the rest goes on", () => {
  const bad = { id: "", event: "flow", data: "{cut" };
  const told = fold(EMPTY_STATE, [bad, sent("flow", { flow: 7 }), sent("report", i4())]);
  equal(told.unread, 2);
  equal(told.flows.size, 1);
});

Deno.test("words of a newer ingest, wrong types and missing fields make no error", () => {
  const strange = [null, 7, [], {}, { flows: [{ id: "a", path: "no", cause: 1 }] }];
  for (const data of strange) fold(EMPTY_STATE, [sent("report", data), sent("later", data)]);
  const told = after(EMPTY_STATE, "report", { flows: [{ id: "a", outcome: "evaporated" }] });
  equal(told.flows.get("a")?.source, "?");
});

Deno.test("missed changes are counted; an end that is no shutdown is an end", () => {
  let told = after(EMPTY_STATE, "missed", { count: 12 });
  equal(told.missed, 12);
  told = after(told, "end", { reason: "shutdown" });
  equal(told.ended, null);
  equal(after(told, "end", { reason: "deleted" }).ended, "deleted");
});

Deno.test("a hostile report is read like any other", () => {
  equal(after(EMPTY_STATE, "report", hostile()).flows.size, 1);
});

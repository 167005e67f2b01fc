import { deepEqual, equal, ok } from "node:assert/strict";
import type { Exchange, Flow } from "../../event/report.ts";
import { manyFlows } from "../fixture/extremes.ts";
import { i1, i1Repaired } from "../fixture/incident_1_2.ts";
import { type Group, groups, rowsBetween, rowsOf } from "./rows.ts";

const ALL = { words: "", outcomes: new Set<string>() };

function grouped(flows: Flow[]): Group[] {
  return groups(flows.map(({ id }) => id), new Map(flows.map((flow) => [flow.id, flow])));
}

Deno.test("a reply stands under what it answers, and lifts it to its own place", () => {
  const [request, reply] = i1Repaired().flows as [Flow, Flow];
  const other = { ...request, id: "other" };
  deepEqual(
    grouped([reply, other, request]).map(({ flows }) => flows.map(({ id }) => id)),
    [[request.id, reply.id], ["other"]],
  );
});

Deno.test("flows of an exchange stand together, before what belongs to none", () => {
  const [request, reply] = i1Repaired().flows as [Flow, Flow];
  const other = { ...reply, id: "elsewhere", replyOf: undefined };
  const loose = { ...request, id: "loose" };
  const flows = [loose, other, request];
  const exchange: Exchange = {
    id: request.id,
    protocol: "icmp",
    client: { address: request.source },
    server: { address: request.destination },
    outcome: "mis-answered",
    sentence: "an answer came from an end that was not asked",
    question: request.id,
    answer: other.id,
    firstAt: "",
    lastAt: "",
  };
  const all = groups(
    flows.map(({ id }) => id),
    new Map(flows.map((flow) => [flow.id, flow])),
    new Map([[exchange.id, exchange]]),
  );
  deepEqual(
    all.map((group) => [group.exchange?.outcome, ...group.flows.map(({ id }) => id)]),
    [["mis-answered", request.id, "elsewhere"], [undefined, "loose"]],
  );
  equal(rowsOf(all, { ...ALL, words: "mis-answered" }).length, 2);
});

Deno.test("a reply to a flow that is not in the report stands alone, and circles end", () => {
  const [, reply] = i1Repaired().flows as [Flow, Flow];
  equal(grouped([reply]).length, 1);
  const a = { ...reply, id: "a", replyOf: "b" };
  const b = { ...reply, id: "b", replyOf: "a" };
  equal(grouped([a, b]).flatMap(({ flows }) => flows).length, 2);
});

Deno.test("the filter needs every word, in any field; a match brings its whole group", () => {
  const all = grouped([...i1Repaired().flows, { ...i1().flows[0]!, id: "bad" }]);
  equal(rowsOf(all, ALL).length, 3);
  equal(rowsOf(all, { ...ALL, words: "MAC-mismatch podns" }).length, 1);
  equal(rowsOf(all, { ...ALL, words: "podns nowhere" }).length, 0);
  const delivered = rowsOf(all, { ...ALL, outcomes: new Set(["delivered"]) });
  deepEqual(delivered.map(({ nested }) => nested), [false, true]);
});

Deno.test("only rows in sight are drawn, and rows leave no hole between them", () => {
  const rows = rowsOf(grouped(manyFlows(2_000).flows), ALL);
  equal(rows.length, 2_000);
  rows.slice(1).forEach((row, i) => equal(row.top, rows[i]!.top + rows[i]!.height));
  const seen = rowsBetween(rows, 30_000, 30_800);
  ok(seen.length < 40);
  ok(seen[0]!.top <= 30_000 && seen.at(-1)!.top + seen.at(-1)!.height >= 30_800);
  deepEqual(rowsBetween([], 0, 100), []);
});

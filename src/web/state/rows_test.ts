import { deepEqual, equal, ok } from "node:assert/strict";
import type { Exchange, Flow } from "../../event/report.ts";
import { manyFlows } from "../fixture/extremes.ts";
import { i1Repaired } from "../fixture/incident_1_2.ts";
import { type Group, groups } from "./groups.ts";
import { type FlowRow, type Folding, type FoldRow, rowsBetween, rowsOf } from "./rows.ts";
import { problems } from "../fixture/problems.ts";

const PLAIN: Folding = { problems: new Map(), open: new Set(), isOn: false };

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
});

Deno.test("a reply to a flow that is not in the report stands alone, and circles end", () => {
  const [, reply] = i1Repaired().flows as [Flow, Flow];
  equal(grouped([reply]).length, 1);
  const a = { ...reply, id: "a", replyOf: "b" };
  const b = { ...reply, id: "b", replyOf: "a" };
  equal(grouped([a, b]).flatMap(({ flows }) => flows).length, 2);
});

Deno.test("many flows are folded by problem and by service, what is well at the end", () => {
  const { flows, problems: known } = problems();
  const [nft, well] = [flows[0]!, flows.at(-1)!];
  const many = [
    ...Array.from(
      { length: 30 },
      (_, i) => ({ ...well, id: `well-${i}`, source: `10.0.0.${i % 3}` }),
    ),
    ...Array.from({ length: 20 }, (_, i) => ({ ...nft, id: `nft-${i}` })),
    { ...flows[4]!, problems: undefined, id: "alone" },
  ];
  const folding = {
    problems: new Map(known.map((one) => [one.id, one])),
    open: new Set<string>(),
    isOn: true,
  };
  const rows = rowsOf(grouped(many), folding);
  const told = (row: FlowRow | FoldRow) =>
    row.kind === "flow"
      ? row.flow.id
      : `${row.outcome} ${row.end} ${row.groups.length} of ${row.clients}`;
  deepEqual(rows.map(told), [
    "dropped 10.96.0.10:80 20 of 1",
    "alone",
    "delivered 10.96.0.10:80 30 of 3",
  ]);
  const open = rowsOf(grouped(many), { ...folding, open: new Set([rows[0]!.key]) });
  equal(open.length, 23);
  equal(open[1]!.kind === "flow" && open[1]!.fold, rows[0]!.key);
  equal(rowsOf(grouped(many), { ...folding, isOn: false }).length, 51);
  equal(rowsOf(grouped(many.slice(0, 12)), folding).length, 12);
});

Deno.test("only rows in sight are drawn, and rows leave no hole between them", () => {
  const rows = rowsOf(grouped(manyFlows(2_000).flows), PLAIN);
  equal(rows.length, 2_000);
  rows.slice(1).forEach((row, i) => equal(row.top, rows[i]!.top + rows[i]!.height));
  const seen = rowsBetween(rows, 30_000, 30_800);
  ok(seen.length < 40);
  ok(seen[0]!.top <= 30_000 && seen.at(-1)!.top + seen.at(-1)!.height >= 30_800);
  deepEqual(rowsBetween([], 0, 100), []);
});

import { deepEqual, equal, ok } from "node:assert/strict";
import type { Exchange, Flow } from "../../event/report.ts";
import { manyFlows } from "../fixture/extremes.ts";
import { i1Repaired } from "../fixture/incident_1_2.ts";
import type { FlowRow, FoldRow } from "./rows.ts";
import { problems } from "../fixture/problems.ts";
import { groupingOf, listingOf, NOTHING } from "../fixture/listed.ts";
import type { Listing } from "./listing.ts";

const grouped = (flows: Flow[]) => [...groupingOf(flows).all()];
const allRows = (listing: Listing) => listing.rowsBetween(0, listing.total.height);

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
  const all = [...groupingOf(flows, [exchange]).all()];
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
  const list = (flows: Flow[], choice = NOTHING) => listingOf({ flows, problems: known }, choice);
  const rows = allRows(list(many));
  const told = (row: FlowRow | FoldRow) =>
    row.kind === "flow" ? row.flow.id : `${row.outcome} ${row.end} ${row.count} of ${row.clients}`;
  deepEqual(rows.map(told), [
    "dropped 10.96.0.10:80 20 of 1",
    "alone",
    "delivered 10.96.0.10:80 30 of 3",
  ]);
  const open = allRows(list(many, { ...NOTHING, open: new Set([rows[0]!.key]) }));
  equal(open.length, 23);
  equal(open[1]!.kind === "flow" && open[1]!.fold, rows[0]!.key);
  const own = many.slice(30, 50);
  equal(allRows(list(many, { ...NOTHING, problem: "p-nft" })).length, own.length);
  equal(allRows(list(many.slice(0, 12))).length, 12);
});

Deno.test("only rows in sight are drawn, and rows leave no hole between them", () => {
  const flows = manyFlows(2_000).flows.map((one) => ({ ...one, problems: ["p-nft"] }));
  const listing = listingOf({ flows, problems: problems().problems }, {
    ...NOTHING,
    problem: "p-nft",
  });
  const rows = allRows(listing);
  equal(rows.length, 2_000);
  rows.slice(1).forEach((row, i) => equal(row.top, rows[i]!.top + rows[i]!.height));
  rows.forEach((row, i) => equal(row.index, i));
  const seen = listing.rowsBetween(30_000, 30_800);
  ok(seen.length < 40);
  ok(seen[0]!.top <= 30_000 && seen.at(-1)!.top + seen.at(-1)!.height >= 30_800);
  deepEqual(listingOf({ flows: [] }).rowsBetween(0, 100), []);
});

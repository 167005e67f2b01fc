/** A service that works now and then, because one of its end points does not. */
import { deepEqual, equal } from "node:assert/strict";
import type { Exchange, Flow } from "../../event/report.ts";
import { Shares } from "./shares.ts";

type Kind = [outcome: Exchange["outcome"], to: string, code?: string];

/** One service's exchanges and their flows: what came of each, and where it was translated to. */
function told(kinds: readonly Kind[]): { exchanges: Exchange[]; flows: Flow[] } {
  const cause = (code = "no-listener") => ({
    code,
    sentence: "s",
    confidence: "proven",
    evidence: [],
  });
  return {
    exchanges: kinds.map(([outcome, , code], i) => ({
      ...{ id: `f${i}`, question: `f${i}`, protocol: "tcp", outcome },
      server: { address: "10.96.0.1", port: 80 },
      ...(outcome === "answered" ? {} : { cause: cause(code) }),
    })) as unknown as Exchange[],
    flows: kinds.map(([outcome, destination, code], i) => ({
      id: `f${i}`,
      translated: { source: "10.244.1.9", destination, destinationPort: 8080 },
      path: [{ node: "n1" }],
      ...(outcome === "answered" ? {} : { cause: cause(code) }),
    })) as unknown as Flow[],
  };
}

function textsIn(shares: Shares, exchanges: readonly Exchange[], flows: readonly Flow[]) {
  const of = <T extends { id: string }>(all: readonly T[]) => (id: string) =>
    all.find((one) => one.id === id);
  shares.change(flows.map(({ id }) => id), of(exchanges), of(flows));
  const shown = [
    ...exchanges.map((one) => shares.ofExchange(one)),
    ...flows.map((flow) => shares.ofFlow(flow)),
  ];
  return shown.flatMap(({ cause }) => cause?.evidence.map(({ text }) => text) ?? []);
}

const textsOf = (kinds: readonly Kind[]) => {
  const { exchanges, flows } = told(kinds);
  return textsIn(new Shares(), exchanges, flows);
};

const A = "10.244.1.5";
const B = "10.244.2.5";

Deno.test("one end point of several fails: causes say how many, and which", () => {
  const text =
    "1 of 3 connections with 10.96.0.1:80 failed so, all translated to 10.244.2.5:8080; " +
    "those translated to 10.244.1.5:8080 were answered";
  deepEqual(textsOf([["answered", A], ["unanswered", B], ["answered", A]]), [text, text]);
});

Deno.test("nothing is said of a service that fails at several, altogether, or in several ways", () => {
  equal(textsOf([["unanswered", A], ["unanswered", B]]).length, 0);
  equal(textsOf([["answered", "10.244.3.5"], ["unanswered", A], ["unanswered", B]]).length, 0);
  equal(textsOf([["answered", A], ["unanswered", B], ["answered", B]]).length, 0);
  equal(textsOf([["answered", A], ["unanswered", B], ["refused", B, "no-route"]]).length, 0);
  equal(textsOf([["unanswered", "10.96.0.1"], ["answered", "10.96.0.1"]]).length, 0);
});

Deno.test("what is said of a service is taken back when it fails at another end point as well", () => {
  const shares = new Shares();
  const { exchanges, flows } = told([["answered", A], ["unanswered", B], ["unanswered", A]]);
  equal(textsIn(shares, exchanges.slice(0, 2), flows.slice(0, 2)).length, 2);
  equal(textsIn(shares, exchanges, flows).length, 0);
});

import { deepEqual } from "node:assert/strict";
import type { Exchange } from "../event/report.ts";
import { answeringEnds } from "./answered.ts";

const exchange = (client: string, port: number, outcome: string, problem?: string) =>
  ({
    protocol: "tcp",
    client: { address: client },
    server: { address: "10.0.0.9", port },
    outcome,
    problem,
  }) as Exchange;

Deno.test("an end that answered is told with who asked it, and whether all went well", () => {
  const ends = answeringEnds([
    exchange("10.0.0.1", 80, "answered"),
    exchange("10.0.0.1", 80, "answered"),
    exchange("10.0.0.2", 80, "answered"),
    exchange("10.0.0.1", 81, "answered"),
    exchange("10.0.0.1", 81, "refused", "p1"),
    exchange("10.0.0.1", 82, "answered", "p2"),
    exchange("10.0.0.1", 83, "unanswered", "p3"),
  ]);
  const of = { protocol: "tcp", noun: ends[0]!.noun };
  deepEqual(ends, [
    { ...of, end: "10.0.0.9:80", exchanges: 3, clients: 2, isWhole: true },
    { ...of, end: "10.0.0.9:81", exchanges: 1, clients: 1, isWhole: false },
  ]);
});

Deno.test("an end that answered is told by its name, unless it was another one's meanwhile", () => {
  const at = (port: number, name?: string) => {
    const one = exchange("10.0.0.1", port, "answered");
    return { ...one, server: { ...one.server, ...(name === undefined ? {} : { name }) } };
  };
  const [payments, stock] = ["pod shop/payments", "pod shop/stock"];
  const ends = answeringEnds([at(80, payments), at(80, payments), at(81, payments), at(81, stock)]);
  deepEqual(ends.map(({ end }) => end), ["pod shop/payments (10.0.0.9:80)", "10.0.0.9:81"]);
});

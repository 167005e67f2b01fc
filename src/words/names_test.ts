import { equal } from "node:assert/strict";
import { label } from "./escape.ts";
import { exchangeName } from "./ends.ts";
import { problemEnd, problemSize } from "./problem.ts";

const WRITING = { text: label, arrow: "→" };

Deno.test("ends have the names of pods with their addresses, as text", () => {
  const to = { address: "10.0.0.2", port: 80, name: "pod shop/<b>web" };
  const from = { from: ["10.0.0.1"], fromNames: { "10.0.0.1": "pod shop/checkout-0" }, clients: 1 };
  const problem = { ...from, to, protocol: "tcp", flows: 3 } as unknown as Parameters<
    typeof problemEnd
  >[0];
  equal(problemEnd(problem, WRITING), "pod shop/<b>web (10.0.0.2:80)");
  const plural = (count: number, one: string) => `${count} ${one}s`;
  equal(
    problemSize(problem, plural, WRITING),
    "3 TCP connections from pod shop/checkout-0 (10.0.0.1)",
  );
  const exchange = { protocol: "tcp", client: { address: "10.0.0.1", port: 9 }, server: to };
  equal(
    exchangeName(exchange as Parameters<typeof exchangeName>[0], WRITING),
    "tcp 10.0.0.1:9 → pod shop/<b>web (10.0.0.2:80)",
  );
});

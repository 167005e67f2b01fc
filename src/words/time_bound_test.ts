import { equal } from "node:assert/strict";
import { boundOfNode, boundText } from "./time_bound.ts";

const nodes = [{ name: "a", timesWithinMs: 1.04 }, { name: "b", timesWithinMs: 2.5 }, {
  name: "old",
}];

Deno.test("a bound of times of day is never told smaller than it is", () => {
  equal(boundOfNode(nodes, "a"), "±1.1 ms");
  equal(boundText(nodes.slice(0, 2)), "±2.5 ms");
});

Deno.test("where a node knows no bound, or is not known, none is told", () => {
  equal(boundText(nodes), "");
  equal(boundOfNode(nodes, "old"), "");
  equal(boundOfNode(nodes, "gone"), "");
  equal(boundText([]), "");
});

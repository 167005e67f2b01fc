import { deepEqual } from "node:assert/strict";
import { alternativesOf } from "./alternatives.ts";

Deno.test("what is joined by || at the top is told apart, and nothing else", () => {
  deepEqual(alternativesOf("$a == 1"), ["$a == 1"]);
  deepEqual(alternativesOf("($a == 1 || $b == 2) || (($c && ($d || $e)))"), [
    "$a == 1",
    "$b == 2",
    "$c && ($d || $e)",
  ]);
  deepEqual(alternativesOf("($a) && ($b)"), ["($a) && ($b)"]);
  deepEqual(alternativesOf("($a || $b) && $c"), ["($a || $b) && $c"]);
});

/** Lines are told apart by their bytes, however alike they are. */
import { strictEqual as equal } from "node:assert/strict";
import { Random } from "../../../test/sim/random.ts";
import { countDistinct } from "./distinct_lines.ts";

const encoder = new TextEncoder();

function count(lines: readonly string[]): number {
  const ends: number[] = [];
  let text = "";
  for (const line of lines) {
    text += line + "\n";
    ends.push(encoder.encode(text).length);
  }
  return countDistinct(encoder.encode(text), ends);
}

Deno.test("a line that came twice is one, and one that differs in a character is another", () => {
  equal(count([]), 0);
  equal(count(["a"]), 1);
  equal(count(["device-tx\t1\t0", "device-tx\t1\t0", "device-tx\t1\t1"]), 2);
  equal(count(["ab", "ba", "a", "b", "ab\t", "ab"]), 5);
  equal(count(["ä", "ä", "a"]), 2);
});

Deno.test("as many lines differ as of their texts", () => {
  for (let seed = 1; seed <= 50; seed++) {
    const random = new Random(seed);
    const lines = Array.from(
      { length: random.between(1, 300) },
      () => "x".repeat(random.int(10)) + random.int(21),
    );
    equal(count(lines), new Set(lines).size, `seed ${seed}`);
  }
});

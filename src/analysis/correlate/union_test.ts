import { deepStrictEqual as equal } from "node:assert/strict";
import fc from "fast-check";
import { Union } from "./union.ts";

const roots = (union: Union, size: number) => Array.from({ length: size }, (_, i) => union.find(i));

Deno.test("Union joins what is joined with something in common, and nothing else", () => {
  const union = new Union(6);
  union.join(4, 2);
  union.join(2, 5);
  union.join(0, 1);
  equal(roots(union, 6), [0, 0, 2, 3, 2, 2]);
});

Deno.test("Union answers the same whatever the order of joins", () => {
  const pair = fc.tuple(fc.nat(19), fc.nat(19));
  const orders = fc.array(pair, { maxLength: 30 }).chain((pairs) =>
    fc.tuple(fc.constant(pairs), fc.shuffledSubarray(pairs, { minLength: pairs.length }))
  );
  fc.assert(
    fc.property(orders, ([pairs, other]) => {
      const [left, right] = [new Union(20), new Union(20)];
      for (const [a, b] of pairs) left.join(a, b);
      for (const [a, b] of other) right.join(b, a);
      equal(roots(left, 20), roots(right, 20));
    }),
    { seed: 23, numRuns: 300 },
  );
});

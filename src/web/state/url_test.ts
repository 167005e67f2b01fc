import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { hashOf, readHash } from "./url.ts";

Deno.test("what is chosen reads back from the address, whatever it says", () => {
  const text = fc.string({ unit: "binary", minLength: 1, maxLength: 40 })
    .map((one) => one.toWellFormed());
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(text, text), { selector: ([name]) => name }), (all) => {
      const values = new Map(all.filter(([name]) => name !== "token"));
      deepEqual(readHash(new URL(`http://h/${hashOf(values, "")}`).hash), values);
    }),
  );
});

Deno.test("a filter in the address can be read by a person, and a token is not read from it", () => {
  const values = new Map([["filter", "host 10.0.0.1 and port 80"], ["flow", "a=b&c"]]);
  equal(hashOf(values), "#filter=host+10.0.0.1+and+port+80&flow=a%3Db%26c");
  deepEqual([...readHash("#token=abc&flow=x")], [["flow", "x"]]);
  equal(readHash(`#flow=${"x".repeat(9_000)}`).size, 0);
});

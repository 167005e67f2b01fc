/** What parts bring under keys, compared with a table of all of it. */
import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import fc from "fast-check";
import { Parts } from "./parts.ts";

const PARTS = [{}, {}, {}];

Deno.test("[D5] Parts gives what a table of keys and parts gives, whatever was put and taken", () => {
  const step = fc.record({
    key: fc.constantFrom("a", "b"),
    part: fc.constantFrom(0, 1, 2),
    value: fc.option(fc.nat(9), { nil: null }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const parts = new Parts<number>();
      const table = new Map<string, number>();
      for (const { key, part, value } of steps) {
        const name = `${key}${part}`;
        const before = table.get(name);
        if (value !== null) {
          equal(parts.put(key, PARTS[part]!, value), before);
          table.set(name, value);
        } else if (before !== undefined) {
          equal(parts.take(key, PARTS[part]!), before);
          table.delete(name);
        }
        const known = [...table].filter(([other]) => other[0] === key).map(([, one]) => one);
        deepEqual([...parts.of(key)].sort(), known.sort());
      }
    }),
    { seed: 23, numRuns: 300 },
  );
});

import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { type Extent, Sequence } from "./sequence.ts";

const extent = fc.record({ rows: fc.nat(3), height: fc.nat(90) });
const step = fc.oneof(
  fc.record({ kind: fc.constant("insert" as const), at: fc.nat(700), extent }),
  fc.record({ kind: fc.constant("push" as const), extent }),
  fc.record({ kind: fc.constant("delete" as const), at: fc.nat(700) }),
  fc.record({ kind: fc.constant("resize" as const), at: fc.nat(700), extent }),
);

const sumOf = (all: readonly { extent: Extent }[], key: keyof Extent) =>
  all.reduce((sum, { extent }) => sum + extent[key], 0);

Deno.test("a sequence is what a plain list of the same items is, whatever is done to it", () => {
  fc.assert(
    fc.property(fc.nat(600), fc.array(step, { maxLength: 80 }), (begun, steps) => {
      const sequence = new Sequence<number>();
      const plain: { item: number; extent: Extent }[] = [];
      let made = 0;
      const insert = (at: number, own: Extent) => {
        const item = made++;
        sequence.insertAt(at, item, own);
        plain.splice(at, 0, { item, extent: own });
      };
      for (let i = 0; i < begun; i++) insert(i * 7 % (i + 1), { rows: 1, height: i % 50 });
      for (const one of steps) {
        const old = plain[
          (one.kind === "insert" || one.kind === "push" ? 0 : one.at) %
          Math.max(1, plain.length)
        ];
        if (one.kind === "insert") insert(one.at, one.extent);
        else if (one.kind === "push") insert(plain.length, one.extent);
        else if (old === undefined) continue;
        else if (one.kind === "delete") {
          equal(sequence.delete(old.item), true);
          plain.splice(plain.indexOf(old), 1);
        } else {
          sequence.resize(old.item, one.extent);
          old.extent = one.extent;
        }
      }
      deepEqual([...sequence], plain.map(({ item }) => item));
      equal(sequence.size, plain.length);
      equal(sequence.first, plain[0]?.item);
      deepEqual(sequence.total, { rows: sumOf(plain, "rows"), height: sumOf(plain, "height") });
      for (const [i, { item }] of plain.entries()) {
        if (i % 13 !== 0) continue;
        equal(sequence.indexOf(item), i);
        const above = plain.slice(0, i);
        deepEqual(sequence.above(item), {
          rows: sumOf(above, "rows"),
          height: sumOf(above, "height"),
        });
      }
      for (const key of ["rows", "height"] as const) {
        for (const place of [0, 5, 300, 9_000]) {
          const at = plain.findIndex((_, i) => sumOf(plain.slice(0, i + 1), key) > place);
          equal(sequence.at(key, place)?.item, plain[at]?.item);
        }
      }
    }),
    { numRuns: 40 },
  );
});

Deno.test("what is put by its rank stands in order", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1_000), { maxLength: 900 }), (all) => {
      const sequence = new Sequence<{ rank: number }>();
      for (const rank of all) sequence.insertBefore((other) => other.rank > rank, { rank });
      deepEqual([...sequence].map(({ rank }) => rank), all.toSorted((a, b) => a - b));
    }),
    { numRuns: 40 },
  );
});

Deno.test("what is not there is not found, and is not taken away", () => {
  const sequence = new Sequence<string>();
  equal(sequence.delete("a"), false);
  equal(sequence.indexOf("a"), -1);
  equal(sequence.above("a"), null);
  equal(sequence.at("rows", 0), undefined);
  sequence.push("a");
  sequence.clear();
  equal(sequence.size, 0);
});

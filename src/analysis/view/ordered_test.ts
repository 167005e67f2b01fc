/** Lists in order while items come and go. */
import { deepEqual, equal, throws } from "node:assert/strict";
import fc from "fast-check";
import { changeInOrder, Counted, Numbers } from "./ordered.ts";

const byNumber = (a: number, b: number) => a - b;

/** Some numbers that look like no order, the same in each run. */
const some = (count: number, seed: number) =>
  Array.from({ length: count }, (_, i) => (i * 7919 + seed * 104_729) % 97);

for (const [kept, gone, come] of [[0, 0, 3], [40, 3, 2], [40, 30, 25], [40, 40, 40], [5, 0, 40]]) {
  Deno.test(`of ${kept} and ${gone} items ${gone} go and ${come} come`, () => {
    const [stay, left, fresh] = [some(kept!, 1), some(gone!, 2), some(come!, 3)];
    const items = [...stay, ...left].sort(byNumber);
    deepEqual(changeInOrder(items, byNumber, left, fresh), [...stay, ...fresh].sort(byNumber));
  });
}

Deno.test("what is in no list can't be taken out of it", () => {
  throws(() => changeInOrder([1, 3], byNumber, [2], []), TypeError);
});

Deno.test("numbers are counted up to one of them, with and without it", () => {
  const numbers = new Numbers();
  numbers.change([], [5, 1, 5, 9]);
  deepEqual([numbers.below(5), numbers.upTo(5), numbers.first, numbers.last], [1, 3, 1, 9]);
  numbers.change([5, 9], [7]);
  deepEqual(numbers.items, [1, 5, 7]);
});

Deno.test("things are counted, one or many, as a table counts them", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom("a", "b", undefined), fc.boolean())), (moves) => {
      const counted = new Counted<string | undefined>();
      const table = new Map<string | undefined, number>();
      for (const [thing, comes] of moves) {
        const count = table.get(thing) ?? 0;
        if (comes) {
          equal(counted.add(thing), count === 0);
          table.set(thing, count + 1);
        } else if (count > 0) {
          equal(counted.remove(thing), count === 1);
          if (count === 1) table.delete(thing);
          else table.set(thing, count - 1);
        }
        equal(counted.size, table.size);
        deepEqual(new Set(counted.keys()), new Set(table.keys()));
        for (const one of ["a", "b", undefined]) equal(counted.has(one), table.has(one));
      }
    }),
  );
});

Deno.test("a thing that came twice is there until it went twice", () => {
  const counted = new Counted<string>();
  deepEqual([counted.add("a"), counted.add("a"), counted.remove("a")], [true, false, false]);
  equal(counted.has("a"), true);
  deepEqual([counted.remove("a"), counted.size], [true, 0]);
});

Deno.test("[D5] objects that go and come are those of a list that was sorted anew, however many are alike", () => {
  interface Item {
    order: number;
  }
  const byOrder = (a: Item, b: Item) => a.order - b.order;
  const some = fc.array(fc.nat(9).map((order): Item => ({ order })), { maxLength: 80 });
  fc.assert(fc.property(some, some, some, fc.boolean(), (stay, gone, come, isSame) => {
    const items = [...stay, ...gone].sort(byOrder);
    // Either may stand for another one that is like it.
    const named = isSame ? gone : gone.map(({ order }) => ({ order }));
    const now = changeInOrder(items.slice(), byOrder, named, come);
    const orders = (all: readonly Item[]) => all.map(({ order }) => order).sort((a, b) => a - b);
    deepEqual(now.map(({ order }) => order), orders([...stay, ...come]));
    if (isSame) deepEqual(new Set(now), new Set([...stay, ...come]));
  }));
});

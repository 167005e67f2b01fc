import { deepStrictEqual as same, ok } from "node:assert";
import { SampledList } from "./sampled_list.ts";

const MS = 1_000_000n;
const ranks = (rank: number, dropRank = 0) => ({ rank, dropRank });

Deno.test("[O22] a stretch is as coarse as what was in force around it, and a little wider", () => {
  const list = new SampledList();
  for (const [i, rank] of [0, 0, 3, 3, 0, 0].entries()) {
    list.tick(BigInt(i + 1) * 100n * MS, ranks(rank));
  }
  same(list.told(), [{ fromNs: "199000000", toNs: "501000000", rank: 3, dropRank: 0 }]);
});

Deno.test("[O22] where nothing was left out nothing is told of it", () => {
  const list = new SampledList();
  list.tick(100n * MS, ranks(0));
  list.end(150n * MS);
  same([list.any, list.told()], [false, []]);
});

Deno.test("[O22] after the last tick what was in force before it goes on", () => {
  const list = new SampledList();
  list.tick(100n * MS, ranks(2, 1));
  list.end(150n * MS);
  same(list.told(), [{ fromNs: "0", toNs: "151000000", rank: 2, dropRank: 1 }]);
});

Deno.test("[O22] of too many stretches neighbours become one that tells no more than either", () => {
  const list = new SampledList(8);
  const given = Array.from({ length: 200 }, (_, i) => ranks(i * 7 % 5, i % 3));
  given.forEach((each, i) => list.tick(BigInt(i + 1) * 100n * MS, each));
  const told = list.told();
  same(told.length, 8);
  given.forEach(({ rank, dropRank }, i) => {
    const at = BigInt(i) * 100n * MS + 50n * MS;
    const isCovered = told.some((each) =>
      BigInt(each.fromNs) <= at && BigInt(each.toNs) >= at && each.rank >= rank &&
      each.dropRank >= dropRank
    );
    ok(isCovered || rank + dropRank === 0, `tick ${i}`);
  });
});

Deno.test("[O25] a recorder forgets what ended long ago, and still knows that not all was told", () => {
  const list = new SampledList();
  list.tick(100n * MS, ranks(20));
  list.tick(200n * MS, ranks(0));
  list.tick(300n * MS, ranks(0));
  equalCount(list, 1);
  list.forget(250n * MS);
  equalCount(list, 0);
  same(list.any, true);
});

const equalCount = (list: SampledList, count: number) => same(list.told().length, count);

import { deepEqual } from "node:assert/strict";
import { eachAlone, Together } from "./together.ts";

Deno.test("together: what comes while others wait is done in their turn, in its order", async () => {
  const turns: number[][] = [];
  let turn: number[] | null = null;
  const together = new Together<number, string>(eachAlone((item) => {
    if (turn === null) {
      turns.push(turn = []);
      queueMicrotask(() => turn = null);
    }
    turn.push(item);
    if (item === 3) throw new Error("three");
    return `did ${item}`;
  }));
  const first = [1, 2, 3].map((item) => together.add(item));
  const settled = await Promise.allSettled(first);
  deepEqual(settled.map(({ status }) => status), ["fulfilled", "fulfilled", "rejected"]);
  const more = await Promise.all([4, 5].map((item) => together.add(item)));
  deepEqual(more, ["did 4", "did 5"]);
  deepEqual(turns, [[1, 2, 3], [4, 5]]);
});

Deno.test("together: after a turn of several the next waits for more, after one alone it does not", async () => {
  const turns: number[][] = [];
  const together = new Together<number, number>((items) => {
    turns.push([...items]);
    return items;
  }, 200);
  /** An item, and another one a while later. */
  const twice = (item: number) =>
    new Promise((resolve) => {
      const first = together.add(item);
      setTimeout(() => resolve(Promise.all([first, together.add(item + 1)])), 60);
    });
  await Promise.all([1, 2].map((item) => together.add(item)));
  await twice(3);
  await together.add(5);
  await twice(6);
  deepEqual(turns, [[1, 2], [3, 4], [5], [6], [7]]);
});

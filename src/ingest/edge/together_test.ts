import { deepEqual } from "node:assert/strict";
import { Together } from "./together.ts";

Deno.test("together: what comes while others wait is done in their turn, in its order", async () => {
  const turns: number[][] = [];
  let turn: number[] | null = null;
  const together = new Together<number, string>((item) => {
    if (turn === null) {
      turns.push(turn = []);
      queueMicrotask(() => turn = null);
    }
    turn.push(item);
    if (item === 3) throw new Error("three");
    return `did ${item}`;
  });
  const first = [1, 2, 3].map((item) => together.add(item));
  const settled = await Promise.allSettled(first);
  deepEqual(settled.map(({ status }) => status), ["fulfilled", "fulfilled", "rejected"]);
  const more = await Promise.all([4, 5].map((item) => together.add(item)));
  deepEqual(more, ["did 4", "did 5"]);
  deepEqual(turns, [[1, 2, 3], [4, 5]]);
});

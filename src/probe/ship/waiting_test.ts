import { deepStrictEqual as equal, ok } from "node:assert/strict";
import { DROP, fakeBatch, ORDINARY, sequencesOf, textOf } from "../../../test/fake/batch.ts";
import { WaitingBatches } from "./waiting.ts";

function waiting(charsMax: number) {
  const evicted: [string, number][] = [];
  return { evicted, queue: new WaitingBatches(charsMax, (...one) => evicted.push(one)) };
}

Deno.test("waiting: batches come out in their order, as many as fit one body", () => {
  const { queue } = waiting(1e6);
  const size = textOf(fakeBatch(1)).length;
  for (let i = 1; i <= 5; i++) queue.push(fakeBatch(i));
  equal(queue.take(2 * size).flatMap(sequencesOf), [1, 2]);
  equal(queue.take(1).flatMap(sequencesOf), [3]);
  queue.putBack([textOf(fakeBatch(3))]);
  equal(queue.take(1e6).flatMap(sequencesOf), [3, 4, 5]);
  equal(queue.length, 0);
});

Deno.test("waiting: at the limit the oldest lose their hops, and then everything, counted", () => {
  const lines = [...Array(20).fill(ORDINARY), DROP];
  const size = textOf(fakeBatch(1, lines)).length;
  const { queue, evicted } = waiting(3 * size);
  for (let i = 1; i <= 3; i++) queue.push(fakeBatch(i, lines));
  equal(evicted.length, 0);
  queue.push(fakeBatch(4, lines));
  equal(evicted[0], ["a", 20]);
  for (let i = 5; i <= 30; i++) queue.push(fakeBatch(i, lines));
  const texts = queue.take(1e9);
  ok(texts.join("").length <= 3 * size);
  equal(texts.flatMap(sequencesOf).at(-1), 30);
  const kept = texts.join("").split("\n").filter((line) => line === ORDINARY || line === DROP);
  equal(evicted.reduce((sum, [, count]) => sum + count, kept.length), 30 * 21);
});

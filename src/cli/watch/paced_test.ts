import { equal } from "node:assert/strict";
import { paced } from "./paced.ts";

Deno.test("what takes long is not done again before three times as long, and the last is not lost", () => {
  let nowMs = 0;
  let done = 0;
  const work = paced(() => {
    done += 1;
    nowMs += 40;
  }, () => nowMs);
  work.call();
  equal(done, 1);
  for (let i = 0; i < 100; i++) work.call();
  equal(done, 1, "it is held back");
  work.flush();
  equal(done, 2);
  work.flush();
  equal(done, 2, "nothing is held back any more");
  nowMs += 120;
  work.call();
  equal(done, 3);
});

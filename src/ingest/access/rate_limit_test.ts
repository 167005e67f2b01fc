import { deepEqual, equal } from "node:assert/strict";
import { FakeClock } from "../../../test/contract/fake_clock.ts";
import { RateLimit } from "./rate_limit.ts";

Deno.test("a burst is let through, then as many per second as allowed", async () => {
  const clock = new FakeClock();
  const limit = new RateLimit(2, 3, clock);
  const takes = (count: number) => Array.from({ length: count }, () => limit.take("a"));
  deepEqual(takes(5), [0, 0, 0, 1, 1]);
  equal(limit.take("b"), 0);
  await clock.advance(500);
  deepEqual(takes(2), [0, 1]);
  await clock.advance(60_000);
  deepEqual(takes(4), [0, 0, 0, 1]);
});

Deno.test("being refused does not postpone being let through", async () => {
  const clock = new FakeClock();
  const limit = new RateLimit(1, 1, clock);
  equal(limit.take("a"), 0);
  for (let i = 0; i < 9; i++) {
    await clock.advance(100);
    equal(limit.take("a"), 1);
  }
  await clock.advance(100);
  equal(limit.take("a"), 0);
});

Deno.test("strangers in any number do not take memory for ever", () => {
  const limit = new RateLimit(1, 1, new FakeClock());
  for (let i = 0; i < 50_000; i++) limit.take(`stranger ${i}`);
  equal(limit.keys, 10_000);
});

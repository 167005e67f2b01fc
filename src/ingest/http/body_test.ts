import { equal, rejects } from "node:assert/strict";
import { FakeClock } from "../../../test/contract/fake_clock.ts";
import { DEFAULT_LIMITS } from "../limits.ts";
import { readText } from "./body.ts";

/** Sends 100 kB every ten seconds, which is quick enough, and never ends. */
function endless(clock: FakeClock): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    pull: (controller) =>
      new Promise<void>((resolve) => {
        clock.after(10_000, () => {
          // A body that was given up is closed already.
          if (controller.desiredSize !== null) controller.enqueue(new Uint8Array(100_000));
          resolve();
        });
      }),
  }, { highWaterMark: 0 });
}

Deno.test("a body that keeps coming is cut off when all of its time is up", async () => {
  const clock = new FakeClock();
  const { bodyIdleMs, bodyTotalMs, bodyBytesPerSecondMin, bodyBytesMax } = DEFAULT_LIMITS;
  const limits = {
    compressedBytesMax: bodyBytesMax,
    bytesMax: bodyBytesMax,
    idleMs: bodyIdleMs,
    totalMs: bodyTotalMs,
    bytesPerSecondMin: bodyBytesPerSecondMin,
  };
  let endedMs: number | undefined;
  const reading = (async () => {
    let chars = 0;
    try {
      for await (const text of readText(endless(clock), { limits, clock, encoding: "identity" })) {
        chars += text.length;
      }
    } finally {
      endedMs = clock.monotonicMs();
    }
    return chars;
  })();
  reading.catch(() => {});
  while (endedMs === undefined && clock.monotonicMs() < 400_000) await clock.advance(1_000);
  equal(endedMs, 300_000);
  await rejects(reading, { code: "body_slow", status: 408 });
});

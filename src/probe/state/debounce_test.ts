import { deepEqual } from "node:assert/strict";
import { type Clock, debounce } from "./debounce.ts";

/** Time that passes only when told to; one timer is all a burst needs. */
class FakeClock implements Clock {
  ms = 0;
  #due: { atMs: number; callee: () => void } | undefined;

  now = () => this.ms;
  later = (callee: () => void, ms: number) => {
    this.#due = { atMs: this.ms + ms, callee };
    return () => this.#due = undefined;
  };

  to(ms: number): void {
    while (this.#due && this.#due.atMs <= ms) {
      const { atMs, callee } = this.#due;
      this.#due = undefined;
      this.ms = atMs;
      callee();
    }
    this.ms = ms;
  }
}

/** When it called back, given when changes came. */
function calls(changes: number[]): number[] {
  const clock = new FakeClock();
  const out: number[] = [];
  const bursts = debounce(() => out.push(clock.ms), 150, 1000, clock);
  for (const atMs of changes) {
    clock.to(atMs);
    bursts.call();
  }
  clock.to(100_000);
  return out;
}

Deno.test("a burst of changes is one call, after it", () => {
  deepEqual(calls([0, 10, 20]), [170]);
  deepEqual(calls([0, 2000]), [150, 2150]);
});

Deno.test("calls keep their distance", () => {
  deepEqual(calls([0, 200]), [150, 1150]);
});

Deno.test("changes without end do not put the call off", () => {
  const changes = Array.from({ length: 60 }, (_, i) => i * 100);
  const out = calls(changes);
  deepEqual(out.length >= 4, true, String(out));
  deepEqual((out[0] ?? 0) < 1300, true, String(out));
});

Deno.test("after stop nothing is called", () => {
  const clock = new FakeClock();
  const out: number[] = [];
  const bursts = debounce(() => out.push(clock.ms), 150, 1000, clock);
  bursts.call();
  bursts.stop();
  clock.to(10_000);
  deepEqual(out, []);
});

import { deepStrictEqual as equal, ok } from "node:assert/strict";
import { fakeState } from "../../../test/fake/state.ts";
import type { NetnsHandle } from "./mod.ts";
import { StateSchedule } from "./state_schedule.ts";

const one: NetnsHandle = { inode: 1, path: "/run/netns/one" };
const two: NetnsHandle = { inode: 2, path: "/run/netns/two" };

function schedule(options: { pauseMs?: number; burstMs?: number; readMs?: number } = {}) {
  const reads: { inode: number; atMs: number }[] = [];
  const states: number[] = [];
  let look = () => {};
  const made = new StateSchedule({
    read({ inode }) {
      reads.push({ inode, atMs: performance.now() });
      return Promise.resolve({ state: fakeState(inode), costMs: options.readMs ?? 0 });
    },
    onState(state) {
      states.push(state.netns);
      look();
    },
    debounceMs: 5,
    ...options,
  });
  const until = (count: number) =>
    new Promise<void>((resolve) => {
      look = () => states.length >= count && resolve();
      look();
    });
  return { made, reads, states, until };
}

Deno.test("state schedule: a burst of requests is one reading of each namespace", async () => {
  const { made, states, until } = schedule();
  for (let i = 0; i < 50; i++) {
    made.request(one);
    made.request(two);
  }
  await until(2);
  equal(states.toSorted(), [1, 2]);
  await made.stop();
});

Deno.test("state schedule: one namespace has a rest between readings, others do not wait", async () => {
  const { made, reads, until } = schedule({ pauseMs: 150 });
  made.request(one);
  await until(1);
  made.request(one);
  made.request(two);
  await until(3);
  equal(reads.map(({ inode }) => inode), [1, 2, 1]);
  ok(reads[2]!.atMs - reads[0]!.atMs >= 149);
  await made.stop();
});

Deno.test("state schedule: a namespace read by somebody else counts as read", async () => {
  const { made, reads, until } = schedule({ pauseMs: 100 });
  const beganMs = performance.now();
  made.noteRead(1);
  made.request(one);
  await until(1);
  ok(reads[0]!.atMs - beganMs >= 99);
  await made.stop();
});

Deno.test("state schedule: readings that cost much become rare", async () => {
  const { made, reads, until } = schedule({ pauseMs: 0, burstMs: 10, readMs: 20 });
  made.request(one);
  made.request(two);
  await until(2);
  // 10 of 20 ms were free; a fifth of the 25 until then was earned: 5 more are earned in 25.
  ok(reads[1]!.atMs - reads[0]!.atMs >= 20);
  await made.stop();
});

Deno.test("state schedule: a reading that waited for a busy machine's processor is not made rare", async () => {
  const waited = Promise.withResolvers<void>();
  const states: number[] = [];
  const second = Promise.withResolvers<void>();
  const made = new StateSchedule({
    async read({ inode }) {
      if (inode === one.inode) await waited.promise;
      return { state: fakeState(inode), costMs: 1 };
    },
    onState({ netns }) {
      states.push(netns);
      if (netns === two.inode) second.resolve();
    },
    debounceMs: 1,
    pauseMs: 0,
    // By the time that passed, a reading of 50 ms were 48 ms too much: four minutes of a rest.
    burstMs: 2,
    share: 0.0002,
  });
  made.request(one);
  made.request(two);
  setTimeout(() => waited.resolve(), 50);
  await second.promise;
  equal(states, [1, 2]);
  await made.stop();
});

Deno.test("state schedule: stopped, it reads no more", async () => {
  const { made, reads } = schedule();
  made.request(one);
  await made.stop();
  made.request(two);
  equal(reads, []);
});

Deno.test("state schedule: who reads besides waits for half of what may be taken at once", async () => {
  const { made } = schedule({ burstMs: 100 });
  const began = performance.now();
  await made.pay(40);
  ok(performance.now() - began < 100, "more than half is left");
  // 60 ms are left; 30 ms beyond are missing to half of 100 ms, at a fifth of a processor.
  const waiting = made.pay(40).then(() => performance.now() - began);
  ok(await waiting >= 100, "it waits");
  const stopped = made.pay(1_000_000);
  await made.stop();
  await stopped;
});

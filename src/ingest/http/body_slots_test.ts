import { deepEqual, equal, rejects } from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { BodySlots } from "./body_slots.ts";

const never = () => new Promise<void>(() => {});

Deno.test("a body waits for a slot, and is refused when none becomes free in time", async () => {
  const slots = new BodySlots(1, 1, "read", { waitMs: 30, waitingMax: 1 });
  const first = Promise.withResolvers<number>();
  const held = slots.hold("a", () => first.promise);
  const refused = rejects(slots.hold("b", never), { code: "busy" });
  await rejects(slots.hold("c", never), { code: "busy" });
  await refused;
  const patient = new BodySlots(1, 1, "read", { waitMs: 60_000, waitingMax: 1 });
  const other = patient.hold("a", () => first.promise);
  const waiting = patient.hold("b", () => Promise.resolve(2));
  first.resolve(1);
  equal((await held) + (await other) + (await waiting), 4);
});

Deno.test("a slot whose holder was cancelled, so that nothing of it runs, is free after a while", async () => {
  const lost = new BodySlots(1, 1, "read", { waitMs: 60_000, waitingMax: 1 }, 20);
  void lost.hold("a", never);
  equal(await lost.hold("b", () => Promise.resolve("read")), "read");
});

Deno.test("those who come when a slot is free do not keep it from one that waits", async () => {
  const slots = new BodySlots(1, 1, "read", { waitMs: 2_000, waitingMax: 20 });
  let isRead = false;
  // Each comes at the moment at which the one before it goes, so that the slot is free for no look.
  const rushing = (async () => {
    while (!isRead) await slots.hold("rushing", () => setImmediate());
  })();
  await slots.hold("patient", () => Promise.resolve(void (isRead = true)))
    .finally(() => isRead = true);
  await rushing;
});

Deno.test("one that waits for another body of its own token keeps nobody else from a slot", async () => {
  const slots = new BodySlots(2, 1, "read", { waitMs: 60_000, waitingMax: 20 });
  const first = Promise.withResolvers<void>();
  const held = slots.hold("a", () => first.promise);
  const own = slots.hold("a", () => Promise.resolve("own"));
  equal(await slots.hold("b", () => Promise.resolve("other")), "other");
  first.resolve();
  await held;
  equal(await own, "own");
});

Deno.test("many that wait with one token take no more slots from others than that token may have", async () => {
  const slots = new BodySlots(8, 4, "read", { waitMs: 800, waitingMax: 9 });
  const ends = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
  const held = ends.map(({ promise }) => slots.hold("a", () => promise));
  const waiting = Array.from({ length: 9 }, () => slots.hold("a", never).catch(() => {}));
  // By the time that this one is refused those have waited long enough to come before newcomers.
  const other = new BodySlots(1, 1, "read", { waitMs: 300, waitingMax: 1 });
  void other.hold("c", never);
  await rejects(other.hold("d", never), { code: "busy" });
  ends[0]!.resolve();
  await held[0];
  const read = Array.from({ length: 3 }, () => slots.hold("b", () => Promise.resolve("read")));
  deepEqual(await Promise.all(read), ["read", "read", "read"]);
  for (const { resolve } of ends) resolve();
  await Promise.all([...held, ...waiting.slice(8)]);
});

import { equal, rejects } from "node:assert/strict";
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

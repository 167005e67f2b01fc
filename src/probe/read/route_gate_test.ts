import { deepStrictEqual as equal } from "node:assert/strict";
import type { Event } from "../../event/event.ts";
import { RouteGate } from "./route_gate.ts";

const lookup = (timeNs: bigint, destination = "10.0.0.9"): Event => ({
  kind: "route",
  timeNs,
  cpu: 0,
  netns: 1,
  destination,
  routeError: 101,
});

Deno.test("route gate: the same answer passes a few times a second, others are not touched", () => {
  const gate = new RouteGate();
  const passed = Array.from({ length: 20 }, (_, i) => gate.pass(lookup(BigInt(i))));
  equal(passed.filter(Boolean).length, 8);
  equal(gate.pass(lookup(30n, "10.0.0.10")), true);
  equal(gate.pass(lookup(999_999_999n)), false);
  equal(gate.pass(lookup(1_000_000_000n)), true);
});

Deno.test("route gate: a scan of many addresses costs bounded memory and no event", () => {
  const gate = new RouteGate();
  const passed = Array.from(
    { length: 10_000 },
    (_, i) => gate.pass(lookup(BigInt(i), `10.0.${i >> 8}.${i & 255}`)),
  );
  equal(passed.every(Boolean), true);
});

import { deepEqual, equal } from "node:assert/strict";
import { crowd } from "../fixture/crowd.ts";
import { EMPTY_STATE } from "./incident_state.ts";
import { settled } from "./settle.ts";

Deno.test("nothing is in flight after the end, and what was is unknown with a reason", () => {
  const { flows: [flow], exchanges: [exchange] } = crowd();
  const packets = { seen: 3, delivered: 1, dropped: 0, vanished: 0, unknown: 0, inFlight: 2 };
  const told = settled({
    ...EMPTY_STATE,
    flows: new Map([
      ["a", { ...flow!, outcome: "in-flight", packets }],
      ["b", { ...flow!, outcome: "delivered", packets }],
      ["c", flow!],
    ]),
    exchanges: new Map([["a", { ...exchange!, outcome: "in-flight" }], ["c", exchange!]]),
  });
  deepEqual([...told.flows.values()].map((one) => one.outcome), [
    "unknown",
    "delivered",
    flow!.outcome,
  ]);
  deepEqual(told.flows.get("b")!.packets, { ...packets, unknown: 2, inFlight: 0 });
  equal(told.flows.get("c"), flow);
  equal(told.exchanges.get("a")!.outcome, "unknown");
  equal(typeof told.exchanges.get("a")!.gap, "string");
});

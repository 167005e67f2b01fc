import { deepEqual, equal } from "node:assert/strict";
import { crowd } from "../fixture/crowd.ts";
import { settledExchange, settledFlow } from "./settle.ts";

Deno.test("nothing is in flight after the end, and what was is unknown with a reason", () => {
  const { flows: [flow], exchanges: [exchange] } = crowd();
  const packets = { seen: 3, delivered: 1, dropped: 0, vanished: 0, unknown: 0, inFlight: 2 };
  const left = { ...packets, unknown: 2, inFlight: 0 };
  const whole = settledFlow({ ...flow!, outcome: "in-flight", packets });
  deepEqual([whole.outcome, whole.packets, typeof whole.gap], ["unknown", left, "string"]);
  const partly = settledFlow({ ...flow!, outcome: "delivered", packets });
  deepEqual([partly.outcome, partly.packets], ["delivered", left]);
  equal(settledFlow(flow!), flow);
  const asked = settledExchange({ ...exchange!, outcome: "in-flight" });
  deepEqual([asked.outcome, typeof asked.gap], ["unknown", "string"]);
  equal(settledExchange(exchange!), exchange);
});

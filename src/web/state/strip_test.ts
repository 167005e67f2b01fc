import { deepEqual, equal } from "node:assert/strict";
import type { Flow, Problem } from "../../event/report.ts";
import { problem, problems } from "../fixture/problems.ts";
import { stripOf, totals } from "./strip.ts";
import { isGroupWithin, isProblemWithin, readWindow, windowText } from "./window.ts";

const { flows } = problems();
const well = flows.at(-1)!;
const from = "2026-11-20T03:12:40.000Z";
const at = (second: number) => new Date(Date.parse(from) + second * 1000).toISOString();
const rate = (start: number, seconds: number, counts: number[]) => ({
  rate: { from: at(start), seconds, counts },
});
const strip = (all: Flow[], known: Problem[] = []) =>
  stripOf(all.map((flow) => ({ flows: [flow] })), known)!;
const udp = (flow: Flow, more: Partial<Flow>): Flow => ({ ...flow, protocol: "udp", ...more });

Deno.test("questions are stacked by what came of them, and long parts are spread", () => {
  const { layers, count, stepMs } = strip([
    udp(well, rate(0, 1, [1, 2, 3, 4])),
    udp(well, { outcome: "in-flight", ...rate(2, 2, [6]) }),
    { ...well, firstAt: at(1.5), ...rate(1, 1, [9, 9]) },
  ]);
  deepEqual([count, stepMs], [4, 1000]);
  deepEqual([...layers.keys()], ["in-flight", "delivered"]);
  deepEqual(layers.get("delivered"), [1, 3, 3, 4], "a connection is one");
  deepEqual(layers.get("in-flight"), [0, 0, 3, 3]);
});

Deno.test("of a question that failed for a while, only the failures are red", () => {
  const packets = { seen: 40, delivered: 30, dropped: 10, vanished: 0, unknown: 0, inFlight: 0 };
  const ping = udp(flows[0]!, { packets, problems: ["p"], ...rate(0, 1, [10, 10, 10, 10]) });
  const known = problem({
    id: "p",
    outcome: "refused",
    lastHop: ping.lastHop,
    to: { address: "10.0.0.1" },
    example: ping.id,
    timeline: {
      failed: { from: at(1), seconds: 1, counts: [10] },
      passed: { from: at(1), seconds: 1, counts: [0] },
    },
  });
  const { layers } = strip([ping], [known]);
  deepEqual(layers.get("refused"), [0, 10, 0, 0]);
  deepEqual(layers.get("delivered"), [10, 0, 10, 10]);
  const none = strip([{ ...ping, packets: { ...packets, delivered: 0 } }], [known]);
  equal(none.layers.has("delivered"), false);
});

Deno.test("a long incident has few parts and loses nothing; without times there is no strip", () => {
  const long = strip([udp(well, rate(0, 64, Array.from({ length: 64 }, () => 5)))]);
  equal(long.count <= 96, true);
  equal(Math.round(totals(long).reduce((a, b) => a + b, 0)), 320);
  equal(stripOf([{ flows: [well] }], []), null);
  equal(stripOf([], []), null);
});

Deno.test("a stretch of time reads back, and has what was seen in it", () => {
  const window = { fromMs: Date.parse(at(2)), toMs: Date.parse(at(4)) };
  deepEqual(readWindow(windowText(window)), window);
  for (const text of [null, "", "x/y", `${at(4)}/${at(2)}`, at(2)]) equal(readWindow(text), null);
  const within = (flow: Flow) => isGroupWithin({ flows: [flow] }, window);
  equal(within({ ...well, ...rate(0, 1, [1, 1, 0, 0, 1]) }), false);
  equal(within({ ...well, ...rate(0, 1, [0, 0, 0, 1]) }), true);
  equal(within({ ...well, firstAt: at(0), lastAt: at(1) }), false);
  equal(within({ ...well, firstAt: at(0), lastAt: at(9) }), true);
  equal(within(well), true);
  const [known] = problems().problems;
  equal(isProblemWithin(known!, { fromMs: 0, toMs: 1 }), false);
  equal(isProblemWithin(known!, { fromMs: 0, toMs: Date.parse(at(60)) }), true);
});

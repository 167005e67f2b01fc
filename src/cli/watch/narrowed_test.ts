import { deepEqual, equal } from "node:assert/strict";
import { parseReportFilter } from "../../event/filter/mod.ts";
import type { Report } from "../../event/report.ts";
import type { Change } from "./follow.ts";
import { narrowedChange } from "./narrowed.ts";

const flow = (id: string, source: string) => ({
  id,
  protocol: "udp",
  source,
  destination: "10.0.0.9",
  outcome: "dropped",
  path: [],
  lastHop: { node: "n1", netns: "host", device: "eth0" },
});

const report = {
  flows: [flow("a", "10.0.0.1"), flow("b", "10.0.0.2")],
  exchanges: [],
  problems: [],
} as unknown as Report;

const change = (event: string, data: unknown) =>
  ({ kind: "live", live: { event, data, cursor: "1" }, report }) as unknown as Change;

Deno.test("a change of the live stream is shown when what it is about fits the filter", () => {
  const filter = parseReportFilter("host 10.0.0.1");
  const whole = narrowedChange(change("report", report), filter);
  deepEqual(whole?.kind === "live" && whole.report?.flows.map(({ id }) => id), ["a"]);
  equal(narrowedChange(change("flow", { flow: report.flows[0] }), filter) === null, false);
  equal(narrowedChange(change("flow", { flow: report.flows[1] }), filter), null);
  equal(narrowedChange({ kind: "back" }, filter)?.kind, "back");
});

import { deepEqual, ok } from "node:assert/strict";
import type { Report, ReportNode } from "../../event/report.ts";
import { sightOf, Ticks } from "./ticks.ts";

const JOINED_MS = Date.parse("2026-11-26T12:00:00.000Z");

const joined = (node: string, token = node) => ({
  ...{ node, token, code: "c", from: "10.0.0.2" },
  joinedAt: new Date(JOINED_MS).toISOString(),
});

const attached = { name: "device_rx", state: "attached" as const };

function reportOf(...nodes: [name: string, scripts: ReportNode["scripts"]][]): Report {
  const rest = { kernel: "", bpftrace: "", netns: ["a"], events: 0, lost: 0, clock: null };
  return { nodes: nodes.map(([name, scripts]) => ({ name, scripts, ...rest })) } as never as Report;
}

Deno.test("a node is told once when it joins, and ticked off once when it sees", () => {
  const ticks = new Ticks();
  const nodes = [joined("alpha")];
  deepEqual(ticks.lines(nodes, reportOf(), JOINED_MS), [
    "· alpha joined from 10.0.0.2, attaching…",
  ]);
  deepEqual(ticks.lines(nodes, null, JOINED_MS), []);
  const seen = reportOf(["alpha", [attached]]);
  deepEqual(ticks.lines(nodes, seen, JOINED_MS), [
    "✓ alpha sees all 1 kinds of event in 1 network namespace",
  ]);
  deepEqual(ticks.lines(nodes, seen, JOINED_MS + 60_000), []);
});

Deno.test("what a node can't see is told with why, and another's name steers no terminal", () => {
  const missing = { name: "qdisc", state: "failed", why: "no such\u001b[31m tracepoint" };
  const report = reportOf(["a", [attached, missing as never]], ["b", [attached]]);
  deepEqual(new Ticks().lines([joined("a+b", "t"), joined("e\u001b[2Jvil")], report, JOINED_MS), [
    "· a+b joined from 10.0.0.2, attaching…",
    "✓ a sees 1 of 2 kinds of event in 1 network namespace; not: qdisc (no such [31m tracepoint)",
    "✓ b sees all 1 kinds of event in 1 network namespace",
    "· e [2Jvil joined from 10.0.0.2, attaching…",
  ]);
});

Deno.test("what was not watched is no kind of event that is not seen", () => {
  const [node] = reportOf(["a", [attached]]).nodes;
  deepEqual(
    sightOf({ ...node!, gaps: ["its probe was started 2 times"] }),
    "sees all 1 kinds of event in 1 network namespace; its probe was started 2 times",
  );
});

Deno.test("a node that joins again is told again; one that is silent is told as that once", () => {
  const ticks = new Ticks();
  ticks.lines([joined("a")], null, JOINED_MS);
  const again = ticks.lines([joined("a"), joined("a", "second")], null, JOINED_MS + 31_000);
  deepEqual(again.map((line) => line.slice(0, 10)), ["! a has no", "· a joined", "! a has no"]);
  ok(again[0]!.includes("its terminal says why"));
  deepEqual(ticks.lines([joined("a"), joined("a", "second")], null, JOINED_MS + 60_000), []);
});

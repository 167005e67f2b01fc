import { deepEqual, equal } from "node:assert/strict";
import { readJoining, waitingOf } from "./joining.ts";

const NOW_MS = Date.parse("2026-11-26T12:00:00.000Z");

const node = (name: string, token = name) => ({ node: name, from: "10.0.0.2", token });

Deno.test("joining: a code that is full or over admits none, the last to end counts", () => {
  const code = (minutes: number, joined = 0) => ({
    ...{ id: "c", nodesMax: 2, joined },
    expiresAt: new Date(NOW_MS + minutes * 60_000).toISOString(),
  });
  const until = (...codes: unknown[]) => readJoining({ codes, nodes: [] }, NOW_MS).openUntilMs;
  equal(until(code(5), code(10), code(20, 2), code(-1)), NOW_MS + 600_000);
  equal(until(code(5, 2), code(-1)), 0);
  equal(until(), 0);
});

Deno.test("joining: what is no node, and an ingest that says nothing, show nobody", () => {
  deepEqual(readJoining(null, NOW_MS), { nodes: [], openUntilMs: 0 });
  const odd = { nodes: [{ node: 5 }, { from: "x" }, null, node("a")], codes: "none" };
  deepEqual(readJoining(odd, NOW_MS).nodes, [{ node: "5", from: "", token: "" }, node("a")]);
});

Deno.test("joining: a node waits until it reports, under any of its names, and is there once", () => {
  const joined = [node("a"), node("b"), node("b", "again"), node("c+d")];
  const names = (...reported: string[]) =>
    waitingOf(joined, reported.map((name) => ({ name }))).map(({ node }) => node);
  deepEqual(names(), ["a", "b", "c+d"]);
  deepEqual(names("b", "d"), ["a"]);
  deepEqual(names("a", "b", "c"), []);
});

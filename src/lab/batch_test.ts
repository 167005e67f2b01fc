import { deepEqual } from "node:assert/strict";
import { group, type Step } from "./batch.ts";

Deno.test("[L1] group shares a process among neighbours only, and keeps the order", () => {
  const steps: Step[] = [
    { netns: "a", tool: "ip", line: "1" },
    { netns: "a", tool: "ip", line: "2" },
    { netns: "a", tool: "tc", line: "3" },
    { netns: "a", tool: "ip", line: "4" },
    { netns: "b", tool: "ip", line: "5" },
  ];
  const lines = group(steps).map((batch) => batch.map((step) => step.line));
  deepEqual(lines, [["1", "2"], ["3"], ["4"], ["5"]]);
});

Deno.test("[L1] group of nothing is no process at all", () => {
  deepEqual(group([]), []);
});

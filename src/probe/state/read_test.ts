import { equal } from "node:assert/strict";
import { processorMs } from "./tool_times.ts";

Deno.test("processor time is read from a shell's times, of itself and its children", () => {
  equal(processorMs("0m0.00s 0m0.01s\n1m2.50s 0m0.25s\n"), 62_760);
  equal(processorMs("0m0.001s 0m0.002s\n0m0.003s 0m0.004s\n"), 10);
  equal(processorMs(""), undefined);
  equal(processorMs("0m0.00s 0m0.01s\n"), undefined);
});

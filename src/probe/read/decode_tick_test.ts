import { deepEqual } from "node:assert/strict";
import { createDecoder } from "./decode.ts";

Deno.test("[O22] a tick with a rank that no program computes is refused, and no batch tells of it", () => {
  const ticks: unknown[] = [];
  const refused: string[] = [];
  const decoder = createDecoder({
    onEvent: () => {},
    onTick: (_, ranks) => ticks.push(ranks),
    onRefused: (text) => refused.push(text),
    onReading: () => {},
    reasonName: String,
  });
  const garbled = "t\t522552357088\t17\t39399936\t446277632";
  for (const line of ["t\t100\t0\t33\t0", garbled, "t\t300\t0\t2\t34", "t\t400\t0\t0\t33"]) {
    decoder.line(line);
  }
  deepEqual(ticks, [{ rank: 33, dropRank: 0 }, { rank: 0, dropRank: 33 }]);
  deepEqual(refused, [garbled, "t\t300\t0\t2\t34"]);
});

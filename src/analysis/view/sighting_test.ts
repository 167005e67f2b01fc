/** When a sighting was, by its node's clock. */
import { deepStrictEqual as equal } from "node:assert/strict";
import { asRows } from "../../event/read_rows.ts";
import { sighted } from "./sighted.ts";
import type { NodeView } from "./timeline.ts";

const nodeOf = (baseNs: bigint) =>
  ({
    baseNs,
    baseAsNumber: baseNs <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(baseNs) : NaN,
  }) as NodeView;

Deno.test("a sighting's time is exact also where a double does not hold the clock's", () => {
  const far = 2n ** 63n;
  for (const baseNs of [0n, 5n, 2n ** 53n - 1n, 2n ** 53n + 1n, far]) {
    for (const afterNs of [-5n, 0n, 1n, 2n ** 40n + 1n]) {
      const timeNs = baseNs + afterNs;
      if (timeNs < 0n) continue;
      const [seen] = sighted(nodeOf(baseNs), asRows([{ kind: "drop", timeNs, cpu: 0 }]));
      equal([seen!.at, seen!.timeNs], [Number(afterNs), timeNs]);
    }
  }
});

/** A share of `deno task netfilter-fuzz`: real packets through rules in the shapes people run. */
import { deepEqual, ok } from "node:assert/strict";
import { round } from "./fuzz/round.ts";

const SEED = Number(Deno.env.get("SEED") ?? 20_261_126);

Deno.test({
  name:
    `[N6] [N7] seed ${SEED}: no rule is named that did not refuse: TCP, UDP, ICMP, both families, bridged, routed, translated`,
  ignore: Deno.uid() !== 0,
  async fn() {
    const { wrong, ...counts } = await round(SEED, 8, 8);
    console.log(`seed ${SEED}: ${JSON.stringify(counts)}`);
    deepEqual(wrong, []);
    ok(counts.dropped > 5 && counts.passed > 5 && counts.named * 2 > counts.dropped);
  },
});

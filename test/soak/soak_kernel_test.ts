/** A minute of the soak; `deno task soak` takes ten. LASTHOP_SEED repeats one. */
import { deepEqual, ok } from "node:assert/strict";
import { kernelTest } from "../../src/lab/kernel_testing.ts";
import { soak } from "./soak.ts";

const seed = Number(Deno.env.get("LASTHOP_SEED") ?? Math.floor(Math.random() * 2 ** 31));

kernelTest(
  `a minute of kills, stops, full disks and faults loses nothing acknowledged, seed ${seed}`,
  async () => {
    const { acts, complaints } = await soak({ minutes: 1, seed });
    deepEqual(complaints, []);
    for (const { kept, verdicts, harms } of acts) {
      ok(kept.soak!.events > 0 && kept.churn!.events > 0, "nothing was seen");
      ok(verdicts.named > 0, "no fault was named");
      ok(Object.keys(harms).length > 0, "nothing was harmed");
    }
  },
);

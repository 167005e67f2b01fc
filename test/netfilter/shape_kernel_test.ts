/** A share of `deno task netfilter-fuzz`: real packets through rules in the shapes people run. */
import { deepEqual, ok } from "node:assert/strict";
import { round } from "./fuzz/round.ts";

const SEED = Number(Deno.env.get("SEED") ?? 20_261_126);

const SHARES = {
  "TCP, UDP, ICMP, both families, bridged, routed, translated": { routers: 8, packets: 8 },
  "whole rulesets of kube-proxy and Calico": { routers: 4, packets: 8, only: /Recorded$/ },
};

for (const [what, share] of Object.entries(SHARES)) {
  Deno.test({
    name: `[N6] [N7] seed ${SEED}: no rule is named that did not refuse: ${what}`,
    ignore: Deno.uid() !== 0,
    async fn() {
      const { wrong, notNamed, ...counts } = await round(SEED, share);
      console.log(`seed ${SEED}: ${JSON.stringify(counts)}`);
      deepEqual(wrong, []);
      // Where the kernel left out runs of the scripts it is not known at which hook a packet died (S14),
      // so rules of other hooks are told beside the one that did it.
      const { dropped, passed, named, among, leftOut } = counts;
      const told = leftOut === 0 ? named : named + among;
      const isTelling = dropped > 5 && passed > 5 && told * 2 > dropped;
      ok(isTelling, [JSON.stringify(counts), ...notNamed].join("\n"));
    },
  });
}

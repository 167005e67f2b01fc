/** Every match against packets really sent: a rule counts one when, and only when, we say so. */
import { deepEqual, ok } from "node:assert/strict";
import type { NetnsState } from "../../src/event/state.ts";
import { IP6TABLES_MATCHES, IPTABLES_MATCHES, NFT_MATCHES } from "./rules.ts";
import { evaluate } from "../../src/analysis/netfilter/evaluate.ts";
import { headersOf } from "../../src/analysis/netfilter/hook_packet.ts";
import { rulesetOf } from "../../src/analysis/netfilter/ruleset.ts";
import { eventOf, FORWARDED, NFT_SETS, routerState, sceneOf, sendUntil } from "./scene.ts";
import type { Traveller } from "../../src/analysis/netfilter/traveller.ts";
import { ruleText } from "../../src/analysis/netfilter/words.ts";

/** They depend on chance, on sockets, on headers nobody reads; "th" of ICMP is its checksum. */
const UNDECIDABLE = /limit|dscp|skuid|option|statistic|ct direction|th dport/;

function forwardedPacket(state: NetnsState, packet: typeof FORWARDED[number]): Traveller {
  const ruleset = rulesetOf(state);
  return {
    headers: { ...headersOf(eventOf(packet)), ttl: 63 },
    layer: "ip",
    hook: "forward",
    input: "left",
    output: "right",
    portInput: null,
    portOutput: null,
    ctState: "new",
    ctStatus: undefined,
    ctDirection: undefined,
    mark: { value: 0, known: 0xffffffff },
    state,
    set: ruleset.set,
  };
}

const isSix = (address: string) => address.includes(":");
const total = (state: NetnsState) => state.netfilter.map((rule) => rule.packets ?? 0);
/** The rules without a match count whatever comes. */
const canaries = (state: NetnsState) =>
  state.netfilter.filter((rule) => rule.position === 1).reduce(
    (sum, rule) => sum + (rule.packets ?? 0),
    0,
  );

Deno.test({
  name: "[N6] a rule's match is decided as the kernel decides it, nft and iptables",
  ignore: Deno.uid() !== 0,
  async fn() {
    const scene = sceneOf("match");
    const { router, topology } = scene;
    router.nft(`table inet flat {${NFT_SETS}
      chain matches { type filter hook forward priority 0;
        ${NFT_MATCHES.map((match) => `${match} counter`).join("\n        ")}
      }
    }`);
    router.iptables("filter", ...IPTABLES_MATCHES.map((match) => `-A FORWARD ${match}`));
    router.ip6tables("filter", ...IP6TABLES_MATCHES.map((match) => `-A FORWARD ${match}`));
    try {
      await topology.apply();
      let before = await routerState(scene);
      deepEqual(before.gaps.filter(({ what }) => what === "netfilter"), []);
      const wrong: string[] = [];
      const open = new Set<string>();
      let pairs = 0;
      for (const packet of FORWARDED) {
        const seen = canaries(before);
        const after = await sendUntil(scene, packet, (state) => canaries(state) >= seen + 2);
        const counts = total(before);
        after.netfilter.forEach((rule, i) => {
          if (rule.family !== "inet" && (rule.family === "ip6") !== isSix(packet.to)) return;
          const counted = rule.packets! - counts[i]!;
          const said = evaluate(rule, forwardedPacket(after, packet), () => false).match;
          pairs++;
          if (said === "unknown") open.add(ruleText(rule));
          else if ((said === "yes") !== (counted > 0) || counted > 1) {
            wrong.push(`${rule.text} on ${JSON.stringify(packet)}: ${said}, counted ${counted}`);
          }
        });
        before = after;
      }
      console.log(`${pairs} pairs of rule and packet, undecided: ${[...open].join(" | ")}`);
      deepEqual(wrong, []);
      ok(pairs > 1_000);
      deepEqual([...open].filter((text) => !UNDECIDABLE.test(text)), []);
    } finally {
      await topology.down();
    }
  },
});

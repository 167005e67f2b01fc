import { equal } from "node:assert/strict";
import type { NodeView, Sighting } from "../view/timeline.ts";
import type { Judgement } from "../verdict/judgement.ts";
import { deathsOfOthers, isBehind } from "./deaths.ts";
import type { Place } from "./places.ts";

const node = { name: "a" } as NodeView;
const at = (netns: number) => ({ node, netns }) as Place;

Deno.test("[O24] what dies after a place did not die before it", () => {
  const died = (netns: number, reason?: string) =>
    isBehind({ node, netns, reason } as Sighting, at(1), [at(2), at(1), at(3)]);
  equal(died(1), false);
  // By a way that nothing was counted on.
  equal(died(9), false);
  equal(died(2), true);
  equal(died(3), true);
  // In the queue before it is received.
  equal(died(2, "CPU_BACKLOG"), false);
});

Deno.test("[O31] a drop that was joined to a packet which had gone on is of one that looks like it, or has its number again", () => {
  const hop = { kind: "device-rx", at: 0, node };
  const joined = (at: number, ambiguous: boolean, outcome: string) => {
    const drop = { kind: "drop", reason: "NETFILTER_DROP", function: "nf_hook_slow", at, node };
    const chains = [{ events: [hop] }, { events: [drop] }];
    const judgement = { outcome, steps: [{ event: hop }], packet: { ambiguous, chains } };
    return deathsOfOthers(judgement as unknown as Judgement).length;
  };
  equal(joined(0.2e9, false, "unknown"), 1);
  equal(joined(0.01e9, false, "unknown"), 0);
  equal(joined(0.01e9, true, "unknown"), 1);
  equal(joined(0.2e9, true, "dropped"), 0);
});

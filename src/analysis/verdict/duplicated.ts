/** Copies that a router's rule makes of what it forwards. Rule O41. */
import type { Step } from "../correlate/steps.ts";

/**
 * [O41] The ends of a packet's copies without those that a rule of a router sent elsewhere (nft's `dup`,
 * TEE of iptables): the kernel sends a copy in an skb of its own, and goes on with the one it received.
 * Only IP makes no copies by itself, of what is for one host: where a bridge or a group is given some, all
 * are the packet.
 */
export function originalsOf(leaves: readonly Step[]): readonly Step[] {
  const originals = leaves.filter((leaf) => !isDuplicate(leaf, leaves));
  return originals.length > 0 ? originals : leaves;
}

/** It went on in another skb than a router received, and another copy in that one. */
function isDuplicate(leaf: Step, leaves: readonly Step[]): boolean {
  for (let at: Step | null = leaf; at?.previous; at = at.previous) {
    const { previous } = at;
    if (isForwardedAnew(at, previous) && leaves.some((other) => wentOnInside(other, previous))) {
      return true;
    }
  }
  return false;
}

/** A router sent it on in another skb than it received it in. */
function isForwardedAnew({ event, chain }: Step, { event: came, chain: before }: Step): boolean {
  if (event.kind !== "device-tx" || came.kind !== "device-rx" || came.packetType !== "host") {
    return false;
  }
  if (event.node !== came.node || event.netns !== came.netns || chain === before) return false;
  // What is put into a tunnel may have another skb as well.
  if (event.tunnelKind !== came.tunnelKind) return false;
  return event.ttl !== undefined && came.ttl !== undefined && event.ttl < came.ttl;
}

/** The way of this copy leads on from the reception in the skb that was received, which was sent or dropped. */
function wentOnInside(leaf: Step, received: Step): boolean {
  for (let at: Step | null = leaf; at?.previous; at = at.previous) {
    if (at.previous.event !== received.event) continue;
    return at.chain === received.chain && at.event.kind !== "consume";
  }
  return false;
}

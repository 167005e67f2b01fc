/**
 * Packets that Open vSwitch's daemon had in between. The kernel frees the packet for which it has no
 * flow; the daemon gives it back in an skb of its own, perhaps translated at once. Rule C4.
 */
import { isDoneWithActions, isUpcall } from "../kernel/openvswitch.ts";
import { TCP } from "../kernel/protocols.ts";
import type { NodeView, Sighting } from "../view/timeline.ts";
import type { Chain } from "./chains.ts";
import { isAmbiguous } from "./identity.ts";
import type { Union } from "./union.ts";

/** What a packet, as far as it is put together, did on one node. */
interface Stay {
  member: number;
  first: Sighting;
  last: Sighting;
}

/**
 * [C4] Joins a packet that ended on its way up to the daemon with the one that began there after it
 * by other than a reception. `chains` have the same invariants. Of several that ended or began so
 * nothing tells which is which, and neither does a packet without numbers of its own; but what was
 * given back may go up again, as to a controller.
 */
export function joinUpcalls(chains: readonly Chain[], union: Union): void {
  if (!chains.some(({ events }) => wentUp(events.at(-1)!))) return;
  const example = chains[0]!.events[0]!;
  if (isAmbiguous(example) && example.protocol !== TCP) return;
  for (const stays of staysOf(chains, union).values()) {
    const taken = stays.filter(({ last }) => wentUp(last))
      .sort((a, b) => a.last.at - b.last.at);
    const isOneWay = taken.every(({ first }, i) =>
      i === 0 || isGivenBack(taken[i - 1]!.last, first)
    );
    const last = taken.at(-1);
    if (last === undefined || !isOneWay) continue;
    const given = stays.filter((stay) =>
      !taken.includes(stay) && isGivenBack(last.last, stay.first)
    );
    if (given.length > 1) continue;
    for (const { member } of [...taken, ...given]) union.join(last.member, member);
  }
}

/** To the daemon, for itself or for its controller: what a last action hands up is freed as done with. */
const wentUp = (event: Sighting): boolean => isUpcall(event) || isDoneWithActions(event);

/** One of its ends is as it was, or connection tracking tells that it was translated. */
function isGivenBack(taken: Sighting, first: Sighting): boolean {
  if (first.kind === "device-rx" || first.netns !== taken.netns || first.at <= taken.at) {
    return false;
  }
  // What is sent by the device that it came in by is the sender's next try.
  if (first.kind === "device-tx" && first.device === taken.device) return false;
  return first.conntrackDirection !== undefined || first.source === taken.source ||
    first.destination === taken.destination;
}

/** By node, the packets that were there. */
function staysOf(chains: readonly Chain[], union: Union): Map<NodeView, Stay[]> {
  const byRoot = new Map<string, Stay & { node: NodeView }>();
  chains.forEach(({ node, events }, member) => {
    const key = `${node.name} ${union.find(member)}`;
    const [first, last] = [events[0]!, events.at(-1)!];
    const stay = byRoot.get(key);
    if (stay === undefined) byRoot.set(key, { node, member, first, last });
    else {
      if (first.at < stay.first.at) stay.first = first;
      if (last.at > stay.last.at) stay.last = last;
    }
  });
  return Map.groupBy(byRoot.values(), ({ node }) => node);
}

/** Fragments are delivered together or not at all. Rule O14. */
import type { Gap } from "../../event/gaps.ts";
import { firstFragmentKeys, fragmentKey, fragmentsOf } from "./flows.ts";
import { type Judgement, revise } from "./judgement.ts";
import { isReassembled } from "../kernel/frees.ts";
import { isLastFragment } from "../kernel/protocols.ts";
import type { Sighting } from "../view/timeline.ts";

/**
 * [O14] A fragment that arrived is held until the others have come. With one of them missing it
 * reached nobody, and the fragment that did not arrive tells why.
 */
export function judgeFragments(judgements: readonly Judgement[]): void {
  if (judgements.every((judgement) => fragmentKey(judgement) === null)) return;
  /** The fragments of each packet. */
  const wholes = new Map<string, Judgement[]>();
  const carriers = completedOuters(judgements);
  /** Other keys of a packet, as after NAT, to the one that its first fragment was sent with. */
  const known = new Map<string, string>();
  for (const judgement of judgements) {
    const [own, ...others] = firstFragmentKeys(judgement);
    for (const key of others) known.set(key, own!);
  }
  for (const judgement of judgements) {
    const own = fragmentKey(judgement);
    if (own === null) continue;
    const key = known.get(own) ?? own;
    const list = wholes.get(key);
    if (list) list.push(judgement);
    else wholes.set(key, [judgement]);
  }
  for (const fragments of wholes.values()) {
    const arrived = fragments.filter(({ outcome }) => outcome === "delivered");
    if (arrived.length === 0) continue;
    if (isWhole(arrived)) {
      // A router that tracks connections put the packet together and cut it again: what became of
      // its fragments behind the router is told by those that arrived.
      for (const fragment of fragments) {
        if (fragment.outcome === "unknown") revise(fragment, "O14", { outcome: "delivered" });
      }
      continue;
    }
    if (carriers.has(outerKey(fragmentsOf(arrived[0]!)[0]!))) continue;
    for (const fragment of arrived) revise(fragment, "O14", { outcome: "unknown", gap: HELD });
  }
}

const HELD: Gap = {
  code: "fragments-missing",
  text: "it arrived, and was held for other fragments of its packet that did not",
};

/**
 * Keys of the outer packets of a tunnel that were complete. The first fragment of an encapsulated
 * packet is seen as the packet inside, so its other fragments lack a first one in `judgements`; they
 * are complete when the packet inside arrived, or was put together.
 */
function completedOuters(judgements: readonly Judgement[]): Set<string> {
  const keys = new Set<string>();
  for (const { outcome, packet } of judgements) {
    for (const event of packet.chains.flatMap(({ events }) => events)) {
      if (event.tunnelIpId === undefined) continue;
      if (outcome !== "delivered" && !isReassembled(event)) continue;
      const { tunnelSource: source, tunnelDestination: destination, tunnelIpId: ipId } = event;
      keys.add(outerKey({ source, destination, ipId }));
    }
  }
  return keys;
}

/** A key of the packet that a tunnel made, which its fragments share. */
export const outerKey = (
  { source, destination, ipId }: Pick<Sighting, "source" | "destination" | "ipId">,
) => `${source} ${destination} ${ipId}`;

/** From offset 0 without a hole up to the last one, which says that no more follow. */
function isWhole(arrived: readonly Judgement[]): boolean {
  const events = arrived.map((judgement) => fragmentsOf(judgement).at(-1)!)
    .sort((a, b) => a.fragmentOffset! - b.fragmentOffset!);
  let next = 0;
  for (const event of events) {
    if (event.fragmentOffset! > next) return false;
    next = Math.max(next, event.fragmentOffset! + carried(event));
  }
  return isLastFragment(events.at(-1)!);
}

/** Bytes of the packet's payload in one fragment: all after the IP header without options. */
function carried(event: Sighting): number {
  const header = event.network === "ip6" ? 48 : 20;
  return (event.ipLength ?? 0) - header;
}

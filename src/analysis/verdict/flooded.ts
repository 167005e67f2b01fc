/** Frames that a bridge gave to all of its ports, and that nobody there was meant to get. Rule O4. */
import type { Packet } from "../correlate/packets.ts";
import type { Step } from "../correlate/steps.ts";
import { holdersThen } from "../view/presence.ts";
import { linkOf, stateAfter, stateAt } from "../view/state_view.ts";
import type { NodeView, Sighting } from "../view/timeline.ts";
import { frameMac } from "./unwatched_host.ts";

/**
 * [O4] The transmission of a frame into a bridge of the node that this step is on, where no host can
 * have got it: no probed device has its MAC, in any reading or any more, and each port of the bridge, as read before
 * and after it, is one end of a veth pair whose other end is in a namespace that was read. Null: there
 * may be a host that nobody knows of.
 */
export function floodedToNobody(
  step: Step,
  packet: Packet,
  nodes: readonly NodeView[],
): Sighting | null {
  const mac = frameMac(step);
  const then = { event: step.event, copies: () => copiesOf(packet) };
  if (mac === undefined || holdersThen(nodes, mac, then).length > 0) return null;
  for (let at: Step | null = step; at?.event.node === step.event.node; at = at.previous) {
    const { event } = at;
    if (event.kind !== "device-tx" || event.destinationMac !== mac) continue;
    const { node, netns, ifindex, device } = event;
    const readings = [stateAt(node, netns, event.at), stateAfter(node, netns, event.at)];
    const isBridge = readings.every((state) => linkOf(state, ifindex, device)?.kind === "bridge");
    if (!isBridge) continue;
    const ports = readings.flatMap((state) => {
      const bridge = linkOf(state, ifindex, device)!.ifindex;
      return state!.links.filter(({ masterIfindex }) => masterIfindex === bridge);
    });
    return ports.length > 0 &&
        ports.every(({ kind, peerNetns }) =>
          kind === "veth" && peerNetns !== undefined && node.states.has(peerNetns)
        )
      ? event
      : null;
  }
  return null;
}

/** All that was seen of a packet, on all nodes. */
export const copiesOf = ({ chains }: Packet): Sighting[] => chains.flatMap(({ events }) => events);

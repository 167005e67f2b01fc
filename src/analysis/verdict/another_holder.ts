/** Whether another host has the address of the one that a packet should have come to. Rule O38. */
import type { Gap } from "../../event/gaps.ts";
import { deviceEvent } from "../correlate/steps.ts";
import { learnedOf } from "../view/learned_index.ts";
import { holdersOfMac, type Owner } from "../view/state_view.ts";
import type { NodeView, Sighting } from "../view/timeline.ts";
import type { FlowGroup } from "./flows.ts";
import { type Judgement, revise } from "./judgement.ts";

/**
 * [O38] Takes back `vanished` of a packet that went to a router, and is awaited where its destination's
 * address is, when a packet of the other direction came back from that address and was not seen there.
 * Then a host that nobody watches has the address, too, or answers in its name, and may have got it.
 *
 * What looks alike: the node that has the address did not tell of the packet that came back. There the
 * packet may have vanished, and nothing shows that it did.
 */
export function doubtHolder(group: FlowGroup): void {
  const other = group.reply ?? group.request;
  if (!other) return;
  // Nearly all packets of a flow are awaited at one place: of each, the other direction is looked through once.
  const asked = new Map<string, boolean>();
  for (const judgement of group.packets) {
    const { outcome, awaited, end } = judgement;
    if (outcome !== "vanished" || !awaited) continue;
    const event = deviceEvent(end.step);
    if (!isAwaitedByAddress(event, awaited)) continue;
    const key = `${event.node.name} ${event.netns} ${event.destination} ${awaited.node.name}`;
    const came = asked.get(key) ??
      other.packets.some((packet) => cameWithout(packet, event, awaited));
    asked.set(key, came);
    if (!came) continue;
    const text = `packets from ${event.destination} came to ${event.node.name} that ` +
      `${awaited.node.name}, which has that address, was not seen to send: another host may have it, or answer in its name`;
    revise(judgement, "O38", { outcome: "unknown", gap: { code: "address-elsewhere", text } });
  }
}

/**
 * [O38] A watched node has learned the address with a link address that no watched device has and that the
 * frame did not go to, as after an address has moved: a host that nobody watches may have got it.
 *
 * What looks alike: an entry that was written by hand, which shows no host.
 */
export function learnedElsewhere(
  event: Sighting,
  awaited: Owner,
  network: readonly NodeView[],
): Gap | null {
  if (!isAwaitedByAddress(event, awaited)) return null;
  const { destination, destinationMac } = event;
  if (destination === undefined) return null;
  const other = learnedOf(network, destination).find(({ mac }) =>
    mac !== destinationMac && holdersOfMac(network, mac).length === 0
  );
  if (!other) return null;
  const text = `${other.node} has learned ${destination} with link address ${other.mac}, ` +
    "which no watched device has: another host may have that address";
  return { code: "address-elsewhere", text };
}

/** Its frame was for another link address: what is behind that is not seen. */
const isAwaitedByAddress = (
  { destination, destinationMac, tunnelKind }: Sighting,
  { link }: Owner,
) =>
  tunnelKind === undefined && destinationMac !== undefined && link.mac !== undefined &&
  link.mac !== destinationMac && link.addresses.some(({ address }) => address === destination);

/** It came to where this one was sent, from the address, and was nowhere seen on the node that has it. */
function cameWithout({ packet }: Judgement, sent: Sighting, { node }: Owner): boolean {
  const { chains } = packet;
  return !chains.some((chain) => chain.node === node) &&
    chains.some((chain) =>
      chain.node === sent.node &&
      chain.events.some(({ kind, netns, source }) =>
        kind === "device-rx" && netns === sent.netns && source === sent.destination
      )
    );
}

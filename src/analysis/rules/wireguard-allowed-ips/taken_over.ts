/** A packet that the sender's wireguard gave to another peer than the host that has its destination. */
import type { WireguardPeer } from "../../../event/state.ts";
import { isRefusedByWireguardSender } from "../../kernel/refusing_devices.ts";
import { netnsName } from "../../view/netns_names.ts";
import {
  linkOf,
  type Owner,
  ownersOf,
  ownsAddress,
  stateAfter,
  stateAt,
} from "../../view/state_view.ts";
import type { Sighting } from "../../view/timeline.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { eventEvidence, place, stateEvidence } from "../evidence.ts";
import { forwardingDisabled } from "../ip-forwarding-disabled/forwarding_disabled.ts";
import { cause, type Rule } from "../rule.ts";
import { holdersOf, peersRead } from "../shared/wireguard_peers.ts";
import { device as deviceWord } from "../word.ts";

/** Who sent it, and what its wireguard had for the destination. */
interface Given {
  sender: Sighting;
  /** The peer that got it, by an endpoint of this host. */
  to: WireguardPeer;
  /** The peer that is the host which has the destination. */
  other: WireguardPeer;
  owner: Owner;
}

/**
 * A range of addresses belongs to one peer of a device: whoever is given it takes it from the one who
 * had it.
 *
 * What else looks like it: a hub, which is to forward to its peers, and does not (R1) or has lost one
 * (R107). Its spokes have no peer beside it; so this is said only where the sender has the destination's
 * host as a peer, too, and this host has no peer for it. A router to a network behind it has another
 * device for it, and no peer of the sender has the destination's address.
 */
export const rangeTakenOver: Rule = {
  id: "R197",
  title: "A range of wireguard that another peer has",
  statement:
    "Died at a host that it came to by wireguard, as in R1 or because wireguard there has no peer for it; " +
    "another watched host has the destination, and both are peers of the sender's device, by the " +
    "addresses of their endpoints; the destination is in the allowed-ips of the former: " +
    "`wireguard-allowed-ips`, proven, at the sender.",
  yields: ["wireguard-allowed-ips"],
  judge(subject) {
    const { event, node, netns } = subject;
    if (event.tunnelKind !== undefined || event.destination === undefined) return null;
    if (!isRefusedByWireguardSender(event) && !forwardingDisabled.judge(subject)) return null;
    if (peersRead(subject).some((peers) => holdersOf(peers, event.destination!).length > 0)) {
      return null;
    }
    const given = givenTo(subject, event.destination);
    if (given === null) return null;
    const { sender, to, other, owner } = given;
    const from = `${netnsName(sender.node, sender.netns)} on ${sender.node.name}`;
    const has = `${netnsName(owner.node, owner.netns)} on ${owner.node.name}`;
    return cause(
      "wireguard-allowed-ips",
      "proven",
      `${sender.device} in ${from} sent the packet for ${event.destination} to peer ${to.key}, which is ` +
        `${
          netnsName(node, netns)
        } on ${node.name}, because ${event.destination} is in its allowed-ips; ` +
        `${has} has the address, which is peer ${other.key}`,
      [
        eventEvidence(subject),
        ...[to, other].map((peer) =>
          stateEvidence(
            sender.node,
            `${sender.device} peer ${peer.key} at ${peer.endpoint}: allowed-ips ${
              peer.allowed.slice(0, SHOWN_MAX).join(", ") || "none"
            }`,
          )
        ),
        stateEvidence(owner.node, `${owner.link.name} in ${has} has ${event.destination}`),
        stateEvidence(node, `${place(subject)} has no peer for ${event.destination}`),
      ],
      command(sender.node, sender.netns, ["wg", "show", deviceWord(sender.device!), "allowed-ips"]),
    );
  },
};

const SHOWN_MAX = 4;

/** The last sender by a wireguard device, with its two peers; null where it is otherwise, or not known. */
function givenTo(subject: Case, destination: string): Given | null {
  const { judgement, node, netns, before, world } = subject;
  const sender = judgement.steps.map(({ event }) => event).findLast((event) =>
    event.kind === "device-tx" && (event.node !== node || event.netns !== netns)
  );
  if (sender?.device === undefined || sender.tunnelKind !== undefined) return null;
  const readings = [
    stateAfter(sender.node, sender.netns, sender.at),
    stateAt(sender.node, sender.netns, sender.at),
  ].filter((state) => state !== null);
  const owner = ownersOf(world.network, destination).find((other) =>
    other.node !== node || other.netns !== netns
  );
  if (owner === undefined || !before) return null;
  for (const state of readings) {
    if (linkOf(state, sender.ifindex, sender.device)?.kind !== "wireguard") continue;
    const peers = (state.wireguard ?? []).filter(({ device }) => device === sender.device);
    const [to] = holdersOf(peers, destination);
    const other = peers.find((peer) => peer !== to && isAt(peer, owner.state));
    if (to && other && isAt(to, before) && !isAt(to, owner.state)) {
      return { sender, to, other, owner };
    }
  }
  return null;
}

/** The peer's endpoint is an address of this namespace. */
function isAt({ endpoint }: WireguardPeer, state: Owner["state"]): boolean {
  const address = endpoint?.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");
  return address !== undefined && ownsAddress(state, address);
}

/** Which neighbour entry gave a frame its address, and whether that address is its next hop's. */
import { nextHopsBy } from "../../view/next_hops.ts";
import type { NetnsState } from "../../../event/state.ts";
import { contains } from "../../view/address.ts";
import { lookUpRoute } from "../../view/routing.ts";
import {
  lastState,
  type Owner,
  ownersOf,
  ownsAddress,
  stateAt,
  sysctl,
} from "../../view/state_view.ts";
import type { Sighting } from "../../view/timeline.ts";
import type { Case } from "../case.ts";
import { wireDestination } from "../evidence.ts";

/** A frame's sender, and the next hop that it was sent to. */
export interface Used {
  sender: Sighting;
  hop: string;
  device: string;
  /** The entry, as `ip neigh` prints it; undefined when no reading has it. */
  text: string | undefined;
  /** A person or a program set it for good. */
  permanent: boolean;
}

/** The last sender of a frame to this MAC, and the entry for the next hop that gave it the MAC. */
export function entryUsed(subject: Case, mac: string): Used | null {
  for (const { event: sender } of [...subject.judgement.steps].reverse()) {
    if (sender.kind !== "device-tx" || sender.destinationMac !== mac) continue;
    if (sender.tunnelKind !== subject.event.tunnelKind) continue;
    const destination = wireDestination(sender);
    const state = stateAt(sender.node, sender.netns, sender.at);
    if (!state) continue;
    // Policy rules ask for the source, too; a translation after the lookup may have changed it.
    const source = sender.tunnelSource ?? sender.source;
    const route = lookUpRoute(state, { destination, source }).route;
    const readings = sender.node.states.get(sender.netns ?? -1) ?? [];
    const entries = [state, ...readings.map((reading) => reading.state)]
      .flatMap(({ neighbours }) => neighbours)
      .filter((each) => each.mac === mac && each.device === sender.device);
    // Without its route the entry for the destination itself tells as much.
    const hops = nextHopsBy(route, destination, sender.device).map(({ address }) => address);
    const among = hops.length > 0 ? hops : [destination];
    const entry = entries.find(({ address }) => among.includes(address));
    // Of several next hops only the entry tells which one it was.
    if (hops.length !== 1 && !entry) continue;
    const hop = entry?.address ?? among[0]!;
    // The MAC is another next hop's: a mark, or what else is not known here, chose another route.
    if (!entry && entries.some(({ address }) => isLike(address, hop))) continue;
    const text = entry && `${hop} dev ${entry.device} lladdr ${mac} ${entry.states.join(",")}`;
    const permanent = entry?.states.includes("PERMANENT") === true;
    return { sender, hop, device: sender.device!, text, permanent };
  }
  return null;
}

/** Addresses of one family, and both of a link alone or neither. */
function isLike(address: string, other: string): boolean {
  return address.includes(":") === other.includes(":") &&
    address.startsWith("fe80:") === other.startsWith("fe80:");
}

/**
 * By all these readings of a host the next hop is another host of the network of this device, and no
 * proxy answers for it there.
 */
export function isNeighbour(
  readings: readonly (NetnsState | null)[],
  hop: string,
  device: string,
): boolean {
  const known = readings.filter((state) => state !== null);
  return known.length > 0 && known.every((state) => {
    if (ownsAddress(state, hop)) return false;
    const isProxy = ["all", device].some((name) =>
      ["net.ipv4.conf", "net.ipv6.conf"].some((family) =>
        sysctl(state, `${family}.${name}.proxy_arp`) === "1" ||
        sysctl(state, `${family}.${name}.proxy_ndp`) === "1"
      )
    );
    const route = lookUpRoute(state, { destination: hop }).route;
    return !isProxy && route?.type === "unicast" && !route.gateway && route.device === device;
  });
}

/** Devices that have an address without being on a link with anybody. */
const APART = /^(loopback|dummy)$/;

/**
 * Other hosts that have the address of a next hop, by their last readings, on a device of the
 * sender's own network. An address on a loopback or a dummy device is many a node's (anycast), and
 * one of another network is another address.
 */
export function holdersOnLink({ sender, hop }: Used, owners: readonly Owner[]): Owner[] {
  const own = stateAt(sender.node, sender.netns, sender.at)?.links
    .find((link) => link.ifindex === sender.ifindex)?.addresses.map(({ address }) => address) ?? [];
  return owners.filter(({ node, netns, link }) => {
    if (node === sender.node && netns === sender.netns) return false;
    const last = lastState(node, netns);
    const now = last?.links.find(({ ifindex }) => ifindex === link.ifindex);
    if (!now || now.mac === undefined || now.tunnel || APART.test(now.kind)) return false;
    return now.addresses.some(({ address }) => address === hop) &&
      now.addresses.some(({ address, prefix }) => {
        const network = `${address}/${prefix}`;
        return contains(network, hop) && own.some((each) => contains(network, each));
      });
  });
}

/** `holdersOnLink` of all probed nodes. */
export const holdersOf = (subject: Case, used: Used): Owner[] =>
  holdersOnLink(used, ownersOf(subject.world.network, used.hop));

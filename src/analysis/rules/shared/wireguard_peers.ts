/** Peers of a wireguard device, and whose an address is. */
import type { NetnsState, WireguardPeer } from "../../../event/state.ts";
import { contains } from "../../view/address.ts";
import type { Case } from "../case.ts";

/** The peers of the case's device, as read before and after; a list for each reading. */
export function peersRead({ before, after, device: name }: Case): WireguardPeer[][] {
  return [before, after].flatMap((state: NetnsState | null) =>
    state?.wireguard === undefined ? [] : [state.wireguard.filter((peer) => peer.device === name)]
  );
}

/** Peers that have the address in their allowed-ips; first the one with the longest prefix, who counts. */
export function holdersOf(peers: readonly WireguardPeer[], address: string): WireguardPeer[] {
  const longest = ({ allowed }: WireguardPeer) =>
    Math.max(
      -1,
      ...allowed.filter((prefix) => contains(prefix, address))
        .map((prefix) => Number(prefix.split("/")[1] ?? 128)),
    );
  return peers.filter((peer) => longest(peer) >= 0).sort((a, b) => longest(b) - longest(a));
}

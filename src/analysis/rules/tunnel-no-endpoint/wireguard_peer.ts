/** A peer of wireguard that has the destination, and no address to send to. */
import type { WireguardPeer } from "../../../event/state.ts";
import { isRefusedByWireguardSender } from "../../kernel/refusing_devices.ts";
import { command } from "../command.ts";
import { eventEvidence, place, stateEvidence, wireDestination } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { holdersOf, peersRead } from "../shared/wireguard_peers.ts";
import { device } from "../word.ts";

/**
 * The peer is reached only once it has sent something, or somebody has written down where it is.
 *
 * What else looks like it: `wg_xmit` also frees as a drop what no peer has (R107), what is no IP
 * packet, and what it can't cut into segments. It holds what waits for a handshake, and frees none of
 * that as a drop. So where the peer has no endpoint in all readings, that was why.
 */
export const wireguardNoEndpoint: Rule = {
  id: "R161",
  title: "A peer of wireguard without an endpoint",
  statement:
    "Freed as a drop by wireguard's transmit function, and the peer whose allowed-ips have the packet's " +
    "destination has no endpoint, as read before and after: `tunnel-no-endpoint`, proven.",
  yields: ["tunnel-no-endpoint"],
  judge(subject) {
    const { event, node, netns, device: name } = subject;
    if (!isRefusedByWireguardSender(event)) return null;
    const destination = wireDestination(event);
    if (destination === "") return null;
    const readings = peersRead(subject);
    const peers = readings.map((read): WireguardPeer | undefined =>
      holdersOf(read, destination)[0]
    );
    const [peer] = peers;
    if (!peer || !peers.every((one) => one?.key === peer.key && one.endpoint === undefined)) {
      return null;
    }
    return cause(
      "tunnel-no-endpoint",
      "proven",
      `wireguard at ${place(subject)} has ${destination} behind peer ${peer.key}, and no ` +
        "endpoint of that peer to send to: none was configured, and nothing came from it yet",
      [
        eventEvidence(subject),
        stateEvidence(
          node,
          `${name} peer ${peer.key}: allowed-ips ${
            peer.allowed.slice(0, 4).join(", ")
          }, endpoint none`,
        ),
      ],
      command(node, netns, ["wg", "show", device(name), "endpoints"]),
    );
  },
};

/** Packets that wireguard refuses by its peers' allowed-ips, when it sends and when it receives. */
import type { WireguardPeer } from "../../../event/state.ts";
import { isRefusedByWireguard, isRefusedByWireguardSender } from "../../kernel/refusing_devices.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { eventEvidence, place, stateEvidence, wireDestination, wireSource } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { holdersOf, peersRead } from "../shared/wireguard_peers.ts";
import { device } from "../word.ts";

const SHOWN_MAX = 4;

/** The sender's wireguard knows no peer for the destination. */
export const noPeerForDestination: Rule = {
  id: "R107",
  title: "No peer of wireguard for the destination",
  statement:
    "`wireguard-allowed-ips`, proven. Freed as a drop by wireguard's transmit function, and no peer " +
    "of the device has the packet's destination in its allowed-ips, as read before and after. A peer " +
    "that has it and no endpoint is another fault (R161).",
  yields: ["wireguard-allowed-ips"],
  judge(subject) {
    const { event } = subject;
    if (!isRefusedByWireguardSender(event)) return null;
    const readings = peersRead(subject);
    // Of a tunnel that goes through wireguard that is its own packet.
    const destination = wireDestination(event);
    if (readings.length === 0 || destination === "") return null;
    if (readings.some((peers) => holdersOf(peers, destination).length > 0)) return null;
    return cause(
      "wireguard-allowed-ips",
      "proven",
      `no peer of wireguard at ${place(subject)} has ${destination} in its allowed-ips`,
      [eventEvidence(subject), ...evidenceOf(subject, readings[0]!)],
      showing(subject),
    );
  },
};

/**
 * The receiver's wireguard lets the peer not send from this address.
 *
 * What else looks like it: it also frees so what has no IP header, or a length that can't be; and it
 * frees so a keepalive, which has no packet in it (O1 leaves that out).
 */
export const sourceNotAllowed: Rule = {
  id: "R108",
  title: "A source that wireguard does not allow",
  statement:
    "`wireguard-allowed-ips`. Freed by wireguard's receive function after it was decrypted, and no peer " +
    "of the device has its source in its allowed-ips, as read before and after: proven. Where one of " +
    "several peers has it, it came from another one: likely. Where the only peer has it, nothing is said.",
  yields: ["wireguard-allowed-ips"],
  judge(subject) {
    const { event } = subject;
    if (!isRefusedByWireguard(event)) return null;
    const readings = peersRead(subject);
    const source = wireSource(event);
    if (readings.length === 0 || source === "") return null;
    const held = readings.map((peers) => holdersOf(peers, source));
    const isNobodys = held.every((peers) => peers.length === 0);
    const isAnothers = held.every((peers) => peers.length > 0) &&
      readings.every((peers) => peers.length > 1);
    if (!isNobodys && !isAnothers) return null;
    return cause(
      "wireguard-allowed-ips",
      isNobodys ? "proven" : "likely",
      isNobodys
        ? `wireguard at ${place(subject)} refused it: ${source} is in no peer's allowed-ips`
        : `wireguard at ${place(subject)} refused it: ${source} is in the allowed-ips of peer ${
          held[0]![0]!.key
        }, so that another peer may not send from there`,
      [eventEvidence(subject), ...evidenceOf(subject, readings[0]!)],
      showing(subject),
    );
  },
};

const evidenceOf = ({ node, device: name }: Case, peers: readonly WireguardPeer[]) =>
  peers.length === 0
    ? [stateEvidence(node, `${name} has no peer`)]
    : peers.slice(0, SHOWN_MAX).map(({ key, allowed, endpoint }) =>
      stateEvidence(
        node,
        `${name} peer ${key}${endpoint === undefined ? "" : ` at ${endpoint}`}: allowed-ips ${
          allowed.slice(0, SHOWN_MAX).join(", ") || "none"
        }${allowed.length > SHOWN_MAX ? ` and ${allowed.length - SHOWN_MAX} more` : ""}`,
      )
    );

const showing = ({ node, netns, device: name }: Case) =>
  command(node, netns, ["wg", "show", device(name), "allowed-ips"]);

/** What connection tracking can have said of a packet, from what its flow did before. */
import { hasFlag, ICMP, ICMP6, isConnectRequest, TCP, TCP_FLAGS } from "../kernel/protocols.ts";
import type { Case } from "../rules/case.ts";
import { finding, seenOn } from "../view/finding.ts";
import { firstFrom } from "../view/indexed.ts";
import { linkOf, sysctl } from "../view/state_view.ts";
import type { Sighting } from "../view/timeline.ts";
import type { CtState } from "./hook_packet.ts";
import type { Ruleset } from "./ruleset.ts";
import { callsIptables } from "./whereabouts.ts";

// Bits of conntrack's status: IPS_SEEN_REPLY, IPS_EXPECTED.
const SEEN_REPLY = 2;
const EXPECTED = 1;

/** States of connection tracking that a packet can have been in. */
export interface CtStates {
  /** What it was, if nothing odd happened. */
  likely: CtState[];
  /** What it can be besides: malformed, or with a wrong checksum. */
  remote: CtState[];
}

/** The states that the flow's earlier packets, and the rules of the namespace, leave possible. */
export function ctStatesOf(subject: Case, ruleset: Ruleset): CtStates {
  const likely = new Set(statesOf(subject));
  if (ruleset.helps && likely.has("new")) likely.add("related");
  if (ruleset.untracks) likely.add("untracked");
  const remote: CtState[] = likely.has("invalid") ? [] : ["invalid"];
  return { likely: [...likely], remote };
}

function statesOf(subject: Case): CtState[] {
  const { event } = subject;
  const encapsulated = event.tunnelKind !== undefined;
  if (event.network === "arp" && !encapsulated) return ["invalid", "untracked"];
  if (!encapsulated && event.conntrackDirection !== undefined) {
    return knownStates(event);
  }
  // Any datagram makes an entry; without one, TCP's second segment and an echo's reply are invalid.
  const answered = hasPassed(subject, "opposite") &&
    (isDatagram(event) || isEchoReply(event) || hasPassed(subject, "alike"));
  if (encapsulated) return answered ? ["established"] : ["new", "established"];
  if (event.protocol === TCP) return tcpStates(event, answered);
  if (event.protocol === ICMP || event.protocol === ICMP6) return icmpStates(event, answered);
  if ((event.fragmentOffset ?? 0) > 0) return ["new", "established", "invalid"];
  return answered ? ["established"] : ["new", "established"];
}

/** Of a connection that NAT changed the probe reads conntrack's own word. */
function knownStates({ conntrackDirection, conntrackStatus }: Sighting): CtState[] {
  if (conntrackDirection === "reply") return ["established"];
  if (conntrackStatus === undefined) return ["new", "established"];
  if ((conntrackStatus & SEEN_REPLY) !== 0) return ["established"];
  return (conntrackStatus & EXPECTED) !== 0 ? ["related"] : ["new"];
}

const { fin: FIN, syn: SYN, rst: RST, ack: ACK } = TCP_FLAGS;
const URG = 32;
/** The kernel's `tcp_valid_flags`: what conntrack takes for a segment, other flags aside. */
const VALID_FLAGS = new Set([
  ...[SYN, SYN | URG, SYN | ACK, RST, RST | ACK, FIN | ACK, FIN | ACK | URG, ACK, ACK | URG],
]);
const MEANINGFUL_FLAGS = FIN | SYN | RST | ACK | URG;

function tcpStates(event: Sighting, answered: boolean): CtState[] {
  if (event.tcpFlags === undefined) return ["new", "established", "invalid"];
  if (!VALID_FLAGS.has(event.tcpFlags & MEANINGFUL_FLAGS)) return ["invalid"];
  // A SYN opens a connection anew, unless it repeats one that was answered.
  if (isConnectRequest(event)) return answered ? ["new", "established"] : ["new"];
  if (hasFlag(event, TCP_FLAGS.syn)) return ["established", "invalid"];
  // In the middle of a connection nobody saw begin, conntrack may pick it up as new.
  return answered ? ["established", "invalid"] : ["new", "established", "invalid"];
}

const ECHO_REQUESTS = [8, 128];
const ECHO_REPLIES = [0, 129];

function icmpStates({ icmpType, protocol }: Sighting, answered: boolean): CtState[] {
  if (icmpType === undefined) return ["new", "established", "related", "invalid"];
  // Group membership and neighbour discovery.
  if (protocol === ICMP6 && icmpType >= 130 && icmpType <= 143) return ["untracked"];
  if (ECHO_REQUESTS.includes(icmpType)) return answered ? ["established"] : ["new", "established"];
  // An answer that nobody asked for belongs to no connection.
  if (ECHO_REPLIES.includes(icmpType)) {
    return answered ? ["established"] : ["established", "invalid"];
  }
  return ["new", "established", "related", "invalid"];
}

/** How many seconds an entry of UDP lives without an answer. */
export const UDP_TIMEOUT = "net.netfilter.nf_conntrack_udp_timeout";

/** Conntrack forgets a datagram's flow after 30 s of silence; longer ones are not relied on. */
const MEMORY_NS = 25e9;
/** A hop and the drop that ended it lie no further apart. */
const PASSAGE_NS = 100e6;

const isDatagram = ({ protocol, tunnelKind }: Sighting) =>
  tunnelKind !== undefined || (protocol !== TCP && protocol !== ICMP && protocol !== ICMP6);
const isEchoReply = ({ protocol, icmpType }: Sighting) =>
  protocol !== TCP && icmpType !== undefined && ECHO_REPLIES.includes(icmpType);

const hasPassed = (subject: Case, which: "opposite" | "alike"): boolean =>
  passedAt(subject, which, Math.min(MEMORY_NS, datagramMemoryNs(subject))) !== null;

/** What this namespace was set to remember a datagram that was not answered, as far as that was read. */
function datagramMemoryNs({ event, before }: Case): number {
  const seconds = isDatagram(event) ? Number(sysctl(before, UDP_TIMEOUT) ?? NaN) : NaN;
  return seconds > 0 ? seconds * 1e9 : Infinity;
}

/**
 * When a packet of the other, or of its own, direction went through this netns last, where connection
 * tracking saw it, and was not refused in it; in the clock of `at`. Null where none did in the `within`
 * ns before.
 */
export function passedAt(
  subject: Case,
  which: "opposite" | "alike",
  within = Infinity,
): number | null {
  const { event, netns, node } = subject;
  const key = keyOf(netns, which === "alike" ? endsOf(event) : opposite(event));
  const seen = seenOn(node, passages, key);
  for (let i = firstFrom(seen, event.at) - 1; i >= 0; i--) {
    const other = seen[i]!;
    if (event.at - other.at > within) return null;
    if (isSamePacket(other, event) || isBridgedPast(subject, other)) continue;
    // It may have been translated before it was refused.
    const refused = seenOn(node, refusals, `${netns} ${other.skb ?? ""}`);
    const end = refused[firstFrom(refused, other.at)];
    if (!end || end.at >= event.at || end.at - other.at > PASSAGE_NS) return other.at;
  }
  return null;
}

/** Memory is used again, a segment's that is sent again above all: there another IP id tells another packet. */
const isSamePacket = (a: Sighting, b: Sighting): boolean =>
  a.skb === b.skb && (!a.ipId || !b.ipId || a.ipId === b.ipId);

/** What conntrack tells connections by. */
interface Ends {
  tunnel: boolean;
  protocol?: number | undefined;
  source?: string | undefined;
  destination?: string | undefined;
  sourcePort?: number | undefined;
  destinationPort?: number | undefined;
  icmpId?: number | undefined;
}

/** Those of the packet on the wire; tunnels choose a source port for each inner flow. */
const endsOf = (event: Sighting): Ends =>
  event.tunnelKind === undefined
    ? {
      tunnel: false,
      protocol: event.protocol,
      source: event.source,
      destination: event.destination,
      sourcePort: event.sourcePort,
      destinationPort: event.destinationPort,
      icmpId: event.icmpId,
    }
    : {
      tunnel: true,
      source: event.tunnelSource,
      destination: event.tunnelDestination,
      sourcePort: event.tunnelSourcePort,
      destinationPort: event.tunnelDestinationPort,
    };

const keyOf = (netns: number | undefined, ends: Ends) =>
  `${netns} ${
    ends.tunnel ? "tunnel" : ends.protocol
  } ${ends.source} ${ends.sourcePort} ${ends.destination} ${ends.destinationPort} ${
    ends.icmpId ?? ""
  }`;

/** Packets that were on a device, by namespace and ends. */
const passages = finding((event) =>
  event.kind === "device-rx" || event.kind === "device-tx"
    ? keyOf(event.netns, endsOf(event))
    : undefined
);

/** Drops by namespace and skb. */
const refusals = finding(({ kind, netns, skb }) =>
  kind === "drop" ? `${netns} ${skb ?? ""}` : undefined
);

function opposite(event: Sighting): Ends {
  const ends = endsOf(event);
  return {
    ...ends,
    source: ends.destination,
    destination: ends.source,
    sourcePort: ends.destinationPort,
    destinationPort: ends.sourcePort,
  };
}
/**
 * It was on a port of a bridge that shows no frames to IP. What such a bridge hands up, or is given
 * to send, is seen on the bridge itself, too.
 */
function isBridgedPast(subject: Case, other: Sighting): boolean {
  const state = subject.after ?? subject.before;
  const link = state && linkOf(state, other.ifindex);
  if (!state || !link?.bridgePort) return false;
  const bridge = state.links.find(({ ifindex }) => ifindex === link.masterIfindex);
  return !callsIptables({ subject, state }, bridge);
}

/** A port that no socket is bound to. */
import { endPoint } from "../../../event/end_point.ts";
import type { Socket } from "../../../event/state.ts";
import { isConnectRequest, TCP, UDP } from "../../kernel/protocols.ts";
import {
  CLIENT_PORT_MIN,
  isSocketLookupWithoutReason,
  saysNoSocket,
} from "../../kernel/sockets.ts";
import { around, gapOf, PACKET_SCRIPTS } from "../../view/coverage.ts";
import { netnsName } from "../../view/netns_names.ts";
import { isIncomplete, sysctl } from "../../view/state_view.ts";
import type { Sighting } from "../../view/timeline.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { eventEvidence, packetText, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { protocolName } from "../shared/protocol_name.ts";
import { askedElsewhere } from "./asked_elsewhere.ts";
import { askerBehind } from "../reply-not-translated/translated_asker.ts";
import { untranslated } from "./untranslated.ts";

/** No socket at the destination port. */
export const noListener: Rule = {
  id: "R12",
  statement:
    "Freed for want of a socket at its TCP or UDP port: `no-listener`. But when the host had " +
    "asked others from that port, one that Linux gives to clients, and never the end that the packet " +
    "is from: `reply-from-other-address`, likely; a connected socket takes nothing of another end. Not where " +
    "the host had asked for another one, whose source it translated: it has no socket there.",
  yields: ["no-listener", "reply-from-other-address"],
  judge(subject) {
    const { event } = subject;
    if (event.kind !== "drop" || event.tunnelKind !== undefined) return null;
    if (event.protocol !== TCP && event.protocol !== UDP) return null;
    // A reset whose socket may have closed (O20) found none because of that.
    if (subject.judgement.end.kind === "taken") return null;
    const named = saysNoSocket(event);
    if (!named && !isSocketLookupWithoutReason(event)) return null;
    const port = event.destinationPort!;
    const asked = sawAll(subject) ? askedElsewhere(subject) : null;
    if (asked && !askerBehind(subject, asked)) return strayAnswer(subject, asked);
    if (isLateOrStray(event)) return notAsked(subject, named);
    const bound = boundTo(subject, port);
    const others = bound.filter((socket) => !wouldTake(socket, subject)).map((socket) =>
      socketText(socket, outsideOf(socket, subject))
    );
    // A socket that would have taken the packet is gone since it was read.
    const known = subject.before && !isIncomplete(subject.before, ["sockets"]) &&
      others.length === bound.length;
    const where = `${event.destination} in ${
      netnsName(subject.node, subject.netns)
    } on ${subject.node.name}`;
    const elsewhere = others.length > 0 ? ` (only on ${others.join(", ")})` : "";
    const passedBy = untranslated(subject);
    return cause(
      "no-listener",
      named ? "proven" : "likely",
      `nothing listens on ${protocolName(subject)} port ${port} at ${where}${elsewhere}${
        passedBy?.text ?? ""
      }`,
      [
        eventEvidence(subject),
        ...(known
          ? [
            stateEvidence(
              subject.node,
              others.length > 0
                ? `${protocolName(subject)} port ${port} is bound to ${others.join(", ")} only`
                : `no ${protocolName(subject)} socket is bound to port ${port}${
                  subject.event.protocol === UDP ? ", unless it is connected to another end" : ""
                }`,
            ),
          ]
          : []),
        ...(bound.some((socket) => outsideOf(socket, subject) !== undefined)
          ? [stateEvidence(subject.node, `${acceptSetting(subject)} is 0`)]
          : []),
        ...passedBy?.evidence ?? [],
      ],
      command(subject.node, subject.netns, [
        "ss",
        // Without -a a UDP socket that is connected is not listed, and it takes only its own peer's.
        subject.event.protocol === TCP ? "-lntp" : "-anup",
        `sport = :${port}`,
      ]),
    );
  },
};

/** No event of any node is missing: a translation of what was asked would have been seen. */
const sawAll = ({ world, event }: Case): boolean =>
  world.nodes.every((node) => gapOf(node, PACKET_SCRIPTS, around(event)) === null);

/** The host's socket at the port was a client's, and what it asked was another end. */
function strayAnswer(subject: Case, asked: Sighting) {
  const { event, node } = subject;
  const from = endPoint(event.source!, event.sourcePort);
  const other = endPoint(asked.destination!, asked.destinationPort);
  const place = `${netnsName(node, subject.netns)} on ${node.name}`;
  return cause(
    "reply-from-other-address",
    "likely",
    `it came from ${from} to ${protocolName(subject)} port ${event.destinationPort} of ${place}, ` +
      `which had asked ${other} from there and not ${from}: a socket that is connected to the one ` +
      "takes nothing of the other",
    [eventEvidence(subject), {
      node: node.name,
      kind: "event",
      text: `${packetText(asked)} was sent from there before`,
    }],
  );
}

/**
 * It is not for a listener: a TCP segment of a connection, or a datagram from a service to a client's
 * port. The client's socket may be open and connected to another address, which no listing of
 * listeners shows.
 */
function isLateOrStray(event: Sighting): boolean {
  if (event.protocol === TCP) return !isConnectRequest(event);
  const { sourcePort = 0, destinationPort = 0 } = event;
  return destinationPort >= CLIENT_PORT_MIN && sourcePort < CLIENT_PORT_MIN;
}

function notAsked(subject: Case, named: boolean) {
  const { event } = subject;
  const where = `${netnsName(subject.node, subject.netns)} on ${subject.node.name}`;
  const text = event.protocol === TCP
    ? `no socket in ${where} knows the connection of this segment`
    : `no socket in ${where} takes it: the one that asked is gone, or asked another address`;
  return cause("no-listener", named ? "likely" : "possible", text, [eventEvidence(subject)]);
}

/** The port's sockets, as read before the packet came. */
function boundTo(subject: Case, port: number): Socket[] {
  const protocol = protocolName(subject);
  return (subject.before?.sockets ?? [])
    .filter((socket) => socket.protocol === protocol && socket.port === port);
}

const socketText = ({ address, device }: Socket, vrf: string | undefined) =>
  vrf !== undefined
    ? `${address} outside of VRF ${vrf}`
    : device === undefined
    ? address
    : `${address} for what comes by ${device}`;

/** A socket of a VRF's device takes what comes by the devices in the VRF. */
function wouldTake(socket: Socket, subject: Case): boolean {
  const { event, device } = subject;
  const six = event.destination?.includes(":") ?? false;
  const isAny = socket.address === "::"
    ? six || !socket.ipv6Only
    : socket.address === "0.0.0.0" && !six;
  if (!isAny && socket.address !== event.destination) return false;
  if (socket.device === undefined) return outsideOf(socket, subject) === undefined;
  return socket.device === device || vrfOf(subject)?.name === socket.device;
}

/**
 * The VRF that the packet came in, where the socket is in none: the kernel gives it nothing from there
 * unless `tcp_l3mdev_accept`, or `udp_l3mdev_accept`, says so.
 */
function outsideOf(socket: Socket, subject: Case): string | undefined {
  const isApart = socket.device === undefined &&
    sysctl(subject.before, acceptSetting(subject)) === "0";
  const vrf = isApart ? vrfOf(subject) : undefined;
  return vrf?.kind === "vrf" ? vrf.name : undefined;
}

const acceptSetting = (subject: Case) => `net.ipv4.${protocolName(subject)}_l3mdev_accept`;

/** The VRF's own device, or the master of the one that it came in by. */
const vrfOf = ({ link, before }: Case) =>
  link?.kind === "vrf"
    ? link
    : before?.links.find(({ ifindex }) => ifindex === link?.masterIfindex);

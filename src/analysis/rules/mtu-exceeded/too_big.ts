/** A packet that is larger than its way allows. */
import {
  isFragmenting,
  isInIp,
  isPeerSizeCheck,
  isSizeCheck,
  saysTooBig,
} from "../../kernel/sizes.ts";
import { isFreedByTunnelSender } from "../../kernel/tunnels.ts";
import { quoting } from "../../view/evidence.ts";
import { lookUpRoute } from "../../view/routing.ts";
import { holdersOfMac } from "../../view/state_view.ts";
import { turnedBack } from "../../verdict/turned_back.ts";
import type { Sighting } from "../../view/timeline.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { address, device as deviceWord } from "../word.ts";
import { eventEvidence, place, placeOf, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { frameOf } from "../shared/frame.ts";
import { largerMtu, largerRouteMtu } from "../shared/mtu_remedy.ts";
import { queryOf } from "../shared/tables.ts";
import { limitBeneath } from "./beneath_tunnel.ts";
import type { Limit } from "./limit.ts";
import { errorBack } from "./error_back.ts";

/** Larger than the way allows, and not to be fragmented. */
export const mtuExceeded: Rule = {
  id: "R7",
  statement:
    "The kernel says it was too big, or a function that checks sizes freed a packet larger " +
    "than the MTU on its way (of a tunnel's device: than that of the route to its remote, less its headers): `mtu-exceeded`. Where the ICMP error that tells the sender of it was " +
    "dropped by a rule, that rule. So it is where a tunnel device made the error of the packet itself: it " +
    "comes in by that device, in the packet's memory, and quotes it; or where the kernel made such an error of a " +
    "packet that the tunnel's device then freed. Likely, too, where IP would have had to cut it, and a router had told " +
    "this host of a smaller MTU on the way to its (outer) destination before.",
  yields: ["mtu-exceeded"],
  judge(subject) {
    const { event } = subject;
    const turned = subject.judgement.outcome === "dropped" ? turnedBack(event) : undefined;
    if (turned) return answered(subject, turned);
    const named = saysTooBig(event);
    if (event.kind !== "drop" && event.kind !== "consume") return null;
    if (!named && isFreedByTunnelSender(event) && wasToldHere(subject)) return learned(subject);
    if (!named && !isSizeCheck(event)) return null;
    const limit = limitOf(subject);
    const path = limit === null || sizeOf(subject) <= limit.mtu ? pathTold(subject) : null;
    if (!named && path) return beyondPath(subject, path);
    if (!named && (limit === null || sizeOf(subject) <= limit.mtu)) return null;
    const size = sizeOf(subject);
    const allowed = limit ? `${limit.what} allows ${limit.mtu}` : "the way allows less";
    const back = errorBack(subject);
    const told = back?.text ?? "";
    return cause(
      "mtu-exceeded",
      named ? "proven" : "likely",
      `the packet of ${size} bytes is larger than ${allowed} at ${
        place(subject)
      }, and may not be fragmented${told}`,
      [
        eventEvidence(
          subject,
          `${size} bytes${(event.ipFlags ?? 0) & 2 ? ", don't fragment" : ""}`,
        ),
        ...(limit ? [stateEvidence(limit.node, `${limit.what} has MTU ${limit.mtu}`)] : []),
        ...back?.evidence ?? [],
      ],
      // Where the sender is not told, no MTU is wrong.
      back && back.remedy.length > 0 ? back.remedy : limit?.fix(size),
    );
  },
};

/** A tunnel device made the error of the packet itself, so that nothing was freed. */
function answered(subject: Case, error: Sighting) {
  const { node, netns } = subject;
  return cause(
    "mtu-exceeded",
    "proven",
    `the packet of ${sizeOf(subject)} bytes is larger than the way beneath ${
      place(subject)
    } allows with the tunnel's headers, which answered it by an ICMP error (MTU ${error.mtu})`,
    [
      eventEvidence(subject),
      {
        node: node.name,
        kind: "event",
        text: `the error came in by ${placeOf(node, netns, subject.device)}`,
      },
    ],
    command(node, netns, ["ip", "-d", "link", "show", "dev", deviceWord(subject.device)]),
  );
}

/** The kernel told its sender that it is too big, of this very packet and where it was freed. */
const wasToldHere = ({ judgement, event: dead, node, netns }: Case): boolean =>
  judgement.steps.some(({ event }) =>
    event.kind === "icmp-error" && event.node === node && event.netns === netns &&
    event.skb === dead.skb &&
    (event.network === "ip6"
      ? event.sentIcmpType === 2
      : event.sentIcmpType === 3 && event.sentIcmpCode === 4)
  );

/** A tunnel device frees what is larger than the way to its other end, of which a router may have told it. */
function learned(subject: Case) {
  const { node, netns } = subject;
  return cause(
    "mtu-exceeded",
    "proven",
    `the packet of ${sizeOf(subject)} bytes is larger than the way beneath ${
      place(subject)
    } allows with the tunnel's headers, as the kernel told its sender by an ICMP error`,
    [
      eventEvidence(subject),
      {
        node: node.name,
        kind: "event",
        text: `right before, the kernel made the error of it at ${
          placeOf(node, netns, subject.device)
        }`,
      },
    ],
    command(node, netns, ["ip", "-d", "link", "show", "dev", deviceWord(subject.device)]),
  );
}

/**
 * What a router told this host of the way to the (outer) destination, before the packet: the kernel keeps that
 * for ten minutes, and refuses itself what is larger. Null where it may be cut, or nothing was told.
 */
function pathTold(subject: Case): Sighting | null {
  const { event, node } = subject;
  if (!isFragmenting(event)) return null;
  const isOuter = event.tunnelKind !== undefined;
  const source = isOuter ? event.tunnelSource : event.source;
  const destination = isOuter ? event.tunnelDestination : event.destination;
  return quoting(subject.evidence, source, destination).findLast((told) =>
    told.kind === "device-rx" && told.node === node && told.at < event.at &&
    told.mtu !== undefined && told.mtu < sizeOf(subject)
  ) ?? null;
}

function beyondPath(subject: Case, told: Sighting) {
  const { event, node, netns } = subject;
  const to = event.tunnelKind === undefined ? event.destination : event.tunnelDestination;
  return cause(
    "mtu-exceeded",
    "likely",
    `the packet of ${
      sizeOf(subject)
    } bytes is larger than the way to ${to} takes (${told.mtu}), of which ` +
      `${told.source} had told ${node.name}, and may not be fragmented`,
    [
      eventEvidence(subject, `${sizeOf(subject)} bytes`),
      {
        node: node.name,
        kind: "event",
        text:
          `before, an ICMP error of ${told.source} came in by ${told.device}: MTU ${told.mtu} to ${to}`,
      },
    ],
    command(node, netns, ["ip", "route", "get", address(to)]),
  );
}

const ETHERNET = 14;

function sizeOf(subject: Case): number {
  const { event } = subject;
  if (event.gsoSize) return event.gsoSize + 40;
  if (event.tunnelKind === undefined || event.length === undefined) {
    return event.ipLength ?? event.length ?? 0;
  }
  // The whole outer packet counts. In IP's functions its length has no Ethernet header.
  return event.length - (isInIp(event) ? 0 : ETHERNET);
}

/** MTU of the route or device it would have left by, or of the device the frame was handed to. */
function limitOf(subject: Case): Limit | null {
  if (!subject.before) return null;
  const peer = peerLimit(subject);
  if (peer) return peer;
  const beneath = limitBeneath(subject);
  if (beneath && beneath.mtu < sizeOf(subject)) return beneath;
  const { route } = lookUpRoute(subject.before, queryOf(subject));
  const link = subject.before.links.find((other) =>
    other.name === (route?.device ?? subject.device)
  );
  if (!link) return null;
  const at = { node: subject.node, netns: subject.netns };
  const { nodes } = subject.world;
  if (!route?.mtu) {
    const fix = (size: number) => largerMtu(nodes, { ...at, link }, size);
    return { what: link.name, mtu: link.mtu, fix, ...at };
  }
  const fix = (size: number) => largerRouteMtu({ ...at, link }, route, size);
  return { what: `the route by ${link.name}`, mtu: route.mtu, fix, ...at };
}

/** The MTU of a veth's other end: the kernel checks it before it hands the packet over. */
function peerLimit(subject: Case): Limit | null {
  if (!isPeerSizeCheck(subject.event)) return null;
  const mac = frameOf(subject)?.destinationMac;
  const other = mac === undefined ? undefined : holdersOfMac(subject.world.network, mac)[0];
  if (!other || other.link.mtu >= sizeOf(subject)) return null;
  const what = placeOf(other.node, other.netns, other.link.name);
  return {
    what,
    mtu: other.link.mtu,
    fix: (size) => largerMtu(subject.world.nodes, other, size),
    node: other.node,
    netns: other.netns,
  };
}

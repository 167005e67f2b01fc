/** What a router or host without a probe told the sender by an ICMP error. */
import { quoting } from "../../view/evidence.ts";
import { meaningOfError } from "../../kernel/icmp.ts";
import { UDP } from "../../kernel/protocols.ts";
import type { Sighting } from "../../view/timeline.ts";
import type { Case } from "../case.ts";
import { eventEvidence, packetText, wireDestination } from "../evidence.ts";
import { causeOfLoop, loopedAt } from "../routing-loop/loop.ts";
import { cause, type Rule } from "../rule.ts";

/** The error quotes the packet's ports or echo id. What it does not quote does not speak against it. */
function samePorts(
  error: Sighting,
  { sourcePort, destinationPort, icmpId, protocol }: Partial<Sighting>,
) {
  const fits = (quoted: number | undefined, own: number | undefined) =>
    quoted === undefined || own === undefined || quoted === own;
  return fits(error.quotedProtocol, protocol) &&
    fits(error.quotedSourcePort, sourcePort ?? icmpId) &&
    fits(error.quotedDestinationPort, destinationPort);
}

/** What quotes ports is of a first fragment: of a later one, which has none, it is where the IP id says so. */
const isOfFragment = (error: Sighting, { fragmentOffset = 0 }: Sighting): boolean =>
  fragmentOffset === 0 || error.quotedSourcePort === undefined || error.quotedIpId !== undefined;

/** An error, and whether it is about the tunnel's packet that carried this one. */
interface About {
  error: Sighting;
  ofTunnel: boolean;
}

/** The first ICMP error about this packet that some probe saw. */
function errorAbout({ event, evidence }: Case): About | null {
  const own = quoting(evidence, event.source, event.destination).find((other) =>
    samePorts(other, event) && isOfFragment(other, event) &&
    (other.quotedIpId === undefined || other.quotedIpId === event.ipId)
  );
  if (own) return { error: own, ofTunnel: false };
  if (event.tunnelDestination === undefined) return null;
  // The frame's outer packet has other addresses: an error quotes the one or the other. What else
  // those two hosts say to each other has other ports.
  const outer = {
    sourcePort: event.tunnelSourcePort,
    destinationPort: event.tunnelDestinationPort,
    protocol: event.tunnelDestinationPort === undefined ? undefined : UDP,
  };
  const error = quoting(evidence, event.tunnelSource, event.tunnelDestination)
    .find((other) => samePorts(other, outer));
  return error ? { error, ofTunnel: true } : null;
}

/**
 * The host that the packet was for said it, by an address that the packet had as its destination. Of a
 * host's port only that host knows: another one that says so refuses by a rule.
 */
const isOfTheHost = (error: Sighting, { judgement: { packet } }: Case): boolean =>
  error.source === error.quotedDestination ||
  [...packet.forms.values()].some(({ destination }) => destination === error.source);

/** A router without a probe answered with an ICMP error about this packet. */
export const errorFromOutside: Rule = {
  id: "R40",
  statement:
    "Nobody dropped it where it was watched, and a router answered with an ICMP error about " +
    "it: that error's cause, `likely` where the error says it all (MTU, TTL), else `possible`. That no port takes it, said by another host than it is for, is a rule's word: `netfilter-reject`. An error about the packet of a tunnel that carried it is of the tunnel: `tunnel-blocked`, `tunnel-endpoint-unreachable`. When its TTL ran out and it was seen to come back: " +
    "`routing-loop`.",
  yields: [
    "no-route",
    "mtu-exceeded",
    "ttl-exceeded",
    "routing-loop",
    "netfilter-reject",
    "no-listener",
    "tunnel-blocked",
    "tunnel-endpoint-unreachable",
  ],
  judge(subject) {
    if (subject.event.kind === "drop") return null;
    const about = errorAbout(subject);
    if (!about) return null;
    const { error, ofTunnel } = about;
    const evidence = [
      eventEvidence(subject),
      {
        node: error.node.name,
        kind: "event" as const,
        text:
          `ICMP type ${error.icmpType} code ${error.icmpCode} from ${error.source} about ${error.quotedSource} > ${error.quotedDestination}, seen at ${
            error.device ?? "?"
          } of ${error.node.name}`,
      },
    ];
    const by = `${error.source} answered`;
    switch (meaningOfError(error)) {
      case "too-big":
        return cause(
          "mtu-exceeded",
          "likely",
          `${by} that ${packetText(subject.event)} is larger than its way allows${
            error.mtu ? ` (MTU ${error.mtu})` : ""
          }`,
          evidence,
        );
      case "ttl": {
        const repeated = loopedAt(subject);
        if (repeated) return causeOfLoop(subject, repeated, "likely", evidence);
        return cause(
          "ttl-exceeded",
          "likely",
          `${by} that the TTL of ${packetText(subject.event)} ran out`,
          evidence,
        );
      }
      case "prohibited":
        return cause(
          ofTunnel ? "tunnel-blocked" : "netfilter-reject",
          "possible",
          `${by} that ${packetText(subject.event)} is administratively prohibited: a rule or a ` +
            "route of it refuses the packet",
          evidence,
        );
      case "no-port":
        if (ofTunnel) {
          return cause(
            "tunnel-blocked",
            "possible",
            `${by} that nothing takes packets of the tunnel at ${
              error.quotedDestinationPort === undefined
                ? ""
                : `port ${error.quotedDestinationPort} of `
            }${wireDestination(subject.event)}: that is so, or a rule refuses them in these words`,
            evidence,
          );
        }
        if (!isOfTheHost(error, subject)) {
          return cause(
            "netfilter-reject",
            "possible",
            `${by} that no port takes ${
              packetText(subject.event)
            }, and is not the host that it is ` +
              "for: a rule of it refuses the packet",
            evidence,
          );
        }
        return cause(
          "no-listener",
          "possible",
          `${by} that nothing listens at ${
            wireDestination(subject.event)
          }: that is so, or a rule ` +
            "refuses it in these words",
          evidence,
        );
      case "unreachable":
        return cause(
          ofTunnel ? "tunnel-endpoint-unreachable" : "no-route",
          "possible",
          `${by} that it can't reach ${wireDestination(subject.event)}: it has no route, or the ` +
            "next hop does not answer",
          evidence,
        );
      case null:
        return null;
    }
  },
};

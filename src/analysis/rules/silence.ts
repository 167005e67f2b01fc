/** Packets without a drop: left, lost between nodes, waiting for a neighbour. */
import { meaningOfError } from "../kernel/icmp.ts";
import { saysIpv6Disabled } from "../kernel/routing.ts";
import { isUnansweredEcho6 } from "../kernel/sockets.ts";
import { givesReason } from "../kernel/told.ts";
import { DEVICE_SCRIPTS, DROP_SCRIPTS, gapOf } from "../view/coverage.ts";
import { lookUpRoute } from "../view/routing.ts";
import type { Sighting } from "../view/timeline.ts";
import { linkOf, neighbourOf, stateAfter, sysctl } from "../view/state_view.ts";
import { deviceEvent } from "../correlate/steps.ts";
import { causeOfLoop, loopedAt } from "./ttl.ts";
import {
  type Case,
  cause,
  command,
  eventEvidence,
  packetText,
  place,
  placeOf,
  type Rule,
  shell,
  stateEvidence,
  wireDestination,
} from "./rule.ts";

/** Ports, or the id of an echo, that an error quotes and the packet has; unquoted ones fit. */
function samePorts(error: Sighting, { sourcePort, destinationPort, icmpId, protocol }: Sighting) {
  const fits = (quoted: number | undefined, own: number | undefined) =>
    quoted === undefined || own === undefined || quoted === own;
  return fits(error.quotedProtocol, protocol) &&
    fits(error.quotedSourcePort, sourcePort ?? icmpId) &&
    fits(error.quotedDestinationPort, destinationPort);
}

/** ICMP errors about this packet that some probe saw: an unprobed router's own word. */
function errorsAbout(found: Case) {
  const { event } = found;
  return found.evidence.filter((other) =>
    other.quotedDestination !== undefined && (
      (other.quotedSource === event.source && other.quotedDestination === event.destination &&
        samePorts(other, event) &&
        (other.quotedIpId === undefined || other.quotedIpId === event.ipId)) ||
      (event.tunnelDestination !== undefined &&
        other.quotedDestination === event.tunnelDestination &&
        other.quotedSource === event.tunnelSource)
    )
  );
}

export const errorFromOutside: Rule = {
  id: "R40",
  title: "a router without a probe answered with an ICMP error about this packet",
  judge(found) {
    if (found.event.kind === "drop") return null;
    const error = errorsAbout(found)[0];
    if (!error) return null;
    const evidence = [
      eventEvidence(found),
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
          `${by} that ${packetText(found.event)} is larger than its way allows${
            error.mtu ? ` (MTU ${error.mtu})` : ""
          }`,
          evidence,
        );
      case "ttl": {
        const repeated = loopedAt(found);
        if (repeated) return causeOfLoop(found, repeated, "likely", evidence);
        return cause(
          "ttl-exceeded",
          "likely",
          `${by} that the TTL of ${packetText(found.event)} ran out`,
          evidence,
        );
      }
      case "prohibited":
        return cause(
          "netfilter-reject",
          "likely",
          `${by} that ${packetText(found.event)} is administratively prohibited`,
          evidence,
        );
      case "no-port":
        return cause(
          "no-listener",
          "likely",
          `${by} that nothing listens at ${wireDestination(found.event)}`,
          evidence,
        );
      case "unreachable":
        return cause(
          "no-route",
          "likely",
          `${by} that it can't reach ${wireDestination(found.event)}`,
          evidence,
        );
      case null:
        return null;
    }
  },
};

export const waitingForNeighbour: Rule = {
  id: "R41",
  title: "it waits for the next hop's link address, which nobody gives",
  judge(found) {
    const { event, judgement } = found;
    if (judgement.end.kind !== "silent" && judgement.end.kind !== "waiting") return null;
    // Silence after lost events is no waiting.
    const watched = gapOf(found.node, [...DEVICE_SCRIPTS, ...DROP_SCRIPTS]) === null;
    if (judgement.end.kind === "silent" && !watched) return null;
    const state = stateAfter(event.node, found.netns, event.at);
    if (!state) return null;
    const destination = wireDestination(event);
    const { route } = lookUpRoute(state, { destination });
    if (!route || route.type !== "unicast") return null;
    const hop = route.gateway ?? destination;
    const entry = neighbourOf(event.node, found.netns, hop, route.device);
    if (!entry || !entry.states.some((s) => s === "INCOMPLETE" || s === "FAILED")) return null;
    return cause(
      "neighbour-unresolved",
      "likely",
      `it waits in ${
        placeOf(found.node, found.netns, route.device ?? "")
      } for ${hop}, which does not answer`,
      [
        eventEvidence(found),
        stateEvidence(
          found.node,
          `neighbour ${hop} dev ${route.device}: ${entry.states.join(",")}`,
        ),
      ],
      [command(found.node, found.netns, `ip neigh show ${hop} dev ${shell(route.device ?? "")}`)],
    );
  },
};

export const lostBetween: Rule = {
  id: "R42",
  title: "left one watched node and never arrived at the other, both watched without loss",
  judge(found) {
    const { judgement } = found;
    if (judgement.outcome !== "vanished" || !judgement.awaited) return null;
    const { awaited } = judgement;
    const there = placeOf(awaited.node, awaited.netns, awaited.link.name);
    const sent = deviceEvent(judgement.end.step);
    const direct = sent.destinationMac === awaited.link.mac;
    const between = direct ? "" : "; what lies between has no probe";
    return cause(
      "lost-between-nodes",
      direct ? "proven" : "likely",
      `it left ${place(found)} for ${there} and never arrived${between}`,
      [
        eventEvidence(
          found,
          sent.destinationMac ? `frame addressed to ${sent.destinationMac}` : undefined,
        ),
        stateEvidence(
          awaited.node,
          `${there} ${direct ? `has MAC ${awaited.link.mac}` : `has ${wireDestination(sent)}`}`,
        ),
        ...linkFaults(found),
      ],
    );
  },
};

function linkFaults(found: Case) {
  const { awaited } = found.judgement;
  if (!awaited) return [];
  const link = linkOf(stateAfter(awaited.node, awaited.netns, 0), awaited.link.ifindex);
  if (!link || link.flags.includes("LOWER_UP")) return [];
  return [stateEvidence(awaited.node, `${link.name}: state ${link.operstate}`)];
}

export const leftObserved: Rule = {
  id: "R43",
  title: "left the last probed device towards what no probe watches",
  judge(found) {
    const { judgement } = found;
    if (
      judgement.end.kind !== "left" || !judgement.beyond || judgement.awaited ||
      judgement.outcome !== "unknown"
    ) {
      return null;
    }
    const sent = deviceEvent(judgement.end.step);
    return cause(
      "left-observed-network",
      "proven",
      `it left ${place(found)} towards ${wireDestination(sent)}; no probe watches what is beyond`,
      [
        eventEvidence(
          found,
          sent.destinationMac ? `frame addressed to ${sent.destinationMac}` : undefined,
        ),
        stateEvidence(
          found.node,
          `no probed node has ${
            sent.destinationMac ? `MAC ${sent.destinationMac} or ` : ""
          }address ${wireDestination(sent)}`,
        ),
      ],
    );
  },
};

export const unexplained: Rule = {
  id: "R99",
  title: "dropped, and nothing more is known",
  judge(found) {
    const { event } = found;
    if (found.judgement.outcome !== "dropped") return null;
    const said = givesReason(event) ? `reason ${event.reason}` : "no reason";
    const setting = settingFor(found);
    return cause(
      "unexplained",
      "proven",
      `the kernel freed it in ${event.function ?? "an unnamed function"} at ${
        place(found)
      } and gave ${said}`,
      [eventEvidence(found), ...setting.map((name) => stateEvidence(found.node, `${name} = 1`))],
      setting.map((name) => command(found.node, found.netns, `sysctl -w ${name}=0`)),
    );
  },
};

/** No code of its own, but a setting that asks for it: IPv6 off, or echo requests ignored. */
function settingFor(found: Case): string[] {
  const { event } = found;
  const names = saysIpv6Disabled(event)
    ? ["all", found.device].map((device) => `net.ipv6.conf.${device}.disable_ipv6`)
    : isUnansweredEcho6(event)
    ? ["net.ipv6.icmp.echo_ignore_all"]
    : [];
  return names.filter((name) => sysctl(found.before, name) === "1");
}

export const silenceRules: Rule[] = [
  errorFromOutside,
  waitingForNeighbour,
  lostBetween,
  leftObserved,
];

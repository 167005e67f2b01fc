/** Tunnel packets that could not get to the other end. */
import { quotingDestination } from "../../view/evidence.ts";
import type { Evidence } from "../../../event/report.ts";
import type { Link, NetnsState, Route } from "../../../event/state.ts";
import { deviceEvent } from "../../correlate/steps.ts";
import { wayKey } from "../../verdict/crossings.ts";
import { saysUnreachable } from "../../kernel/icmp.ts";
import { isFreedByTunnelSender } from "../../kernel/tunnels.ts";
import { runsLeftOut } from "../../view/coverage.ts";
import { lookUpRoute, refuses, routeText } from "../../view/routing.ts";
import { neighbourOf, ownersOf, stateAt } from "../../view/state_view.ts";
import type { Sighting } from "../../view/timeline.ts";
import type { Case } from "../case.ts";
import { eventEvidence, place, placeOf, stateEvidence } from "../evidence.ts";
import { forwardingDisabled } from "../ip-forwarding-disabled/forwarding_disabled.ts";
import { linkDown } from "../link-down/link_down.ts";
import { neighbourUnresolved } from "../neighbour-unresolved/unresolved.ts";
import { noRoute } from "../no-route/no_route.ts";
import { routeRefuses } from "../route-blackhole/route_refuses.ts";
import { cause, type Rule } from "../rule.ts";
import { checked, lookAt } from "../shared/checked.ts";
import { type Encapsulated, encapsulation } from "../shared/encapsulation.ts";
import { endpointRemedy } from "./endpoint_remedy.ts";

/** Rules that say of the outer packet why the other end could not be reached. */
const reaching = [neighbourUnresolved, noRoute, routeRefuses, linkDown];

/** The outer destination can't be reached from here. */
export const tunnelUnreachable: Rule = {
  id: "R23",
  statement:
    "The outer packet could not be sent on (no route, neighbour, link, or a route into the tunnel itself), or left for an " +
    "address from which and to which nothing of the tunnel ever arrived and that answered no " +
    "neighbour: `tunnel-endpoint-unreachable`, with the fdb entry or remote that chose it. Where runs of " +
    "scripts were left out at an end, only with more packets proven lost on this way than runs.",
  yields: ["tunnel-endpoint-unreachable"],
  judge(subject) {
    const way = encapsulation(subject);
    if (!way || way.destination === "") return null;
    const { event } = subject;
    if (event.kind === "drop" && event.tunnelKind !== undefined) {
      // Who does not forward refuses it whatever the tables say (R1).
      if (forwardingDisabled.judge(subject)) return null;
      for (const rule of reaching) {
        const inner = rule.judge(subject);
        if (inner) {
          return unreachable(
            subject,
            way,
            inner.sentence,
            inner.evidence,
            inner.confidence,
            inner.remedy,
          );
        }
      }
      return null;
    }
    return unsent(subject, way) ?? lostOutside(subject, way);
  },
};

/** Freed by the tunnel device itself: it found no way to the outer destination. */
function unsent(subject: Case, way: Encapsulated) {
  const { event } = subject;
  if (!isFreedByTunnelSender(event) || event.tunnelKind !== undefined) return null;
  const underlay = underlayState(subject, way);
  if (!underlay) return null;
  const { route, rule, certain } = lookUpRoute(underlay, { destination: way.destination });
  if (route !== null && leadsBack(subject, way, underlay, route)) {
    const found = unreachable(
      subject,
      way,
      `its route leads into the tunnel itself: ${routeText(route)}`,
      [eventEvidence(subject), stateEvidence(subject.node, routeText(route))],
      certain ? "proven" : "likely",
    );
    return { ...found, remedy: beside(subject, underlay, way.destination, route) };
  }
  const bad = route === null || refuses(route) ||
    isUnusable(underlay.links.find((link) => link.name === route.device));
  if (!bad) return null;
  const text = route
    ? routeText(route)
    : rule
    ? `rule ${rule.priority} ${rule.action}`
    : `no route to ${way.destination}`;
  return unreachable(subject, way, `the tunnel has no way to ${way.destination}: ${text}`, [
    eventEvidence(subject),
    stateEvidence(subject.node, text),
  ], certain ? "proven" : "likely");
}

/** A device that is bound to none below looks its other end up like any packet, and refuses to feed itself. */
function leadsBack(
  { netns, device }: Case,
  { link }: Encapsulated,
  underlay: NetnsState,
  route: Route,
): boolean {
  const { tunnel } = link ?? {};
  return underlay.netns === netns && route.device === device && tunnel?.underlay === undefined &&
    tunnel?.underlayIfindex === undefined && tunnel?.underlayNetns === undefined;
}

/** Without a route to the end alone the tables may have a way to it; else the end needs a route of its own. */
function beside(
  { node, netns, device }: Case,
  state: NetnsState,
  end: string,
  route: Route,
): string[] {
  const lines = checked({
    ...{ node, netns, state },
    changes: [{ do: "delete-route", route }],
    passes: (after) => {
      const other = lookUpRoute(after, { destination: end }).route;
      return other?.type === "unicast" && other.device !== device;
    },
  });
  const isItsOwn = /\/(32|128)$/.test(route.destination);
  return isItsOwn && lines.length > 0 ? lines : lookAt(
    `${end} needs a route of its own by the device below, beside the one that leads into ${device}`,
  );
}

const isUnusable = (link: Link | undefined) => link !== undefined && !link.flags.includes("UP");

/** The netns whose routes the outer packet takes: that of the tunnel's underlay. */
function underlayState(subject: Case, way: Encapsulated) {
  const local = way.link?.tunnel?.local;
  const states = [...subject.node.states.values()].map((list) => list.at(-1)!.state);
  const byLocal = local === undefined
    ? undefined
    : states.find((state) =>
      state.links.some((link) => link.addresses.some((own) => own.address === local))
    );
  return byLocal ?? subject.before;
}

/** It left encapsulated, and arrived at no node that is watched. */
function lostOutside(subject: Case, way: Encapsulated) {
  const { event } = subject;
  const outer = deviceEvent(subject.judgement.end.step);
  // Only with proof that it did not arrive: lost events may hide its arrival.
  const isProven = subject.judgement.outcome === "vanished" || subject.judgement.beyond === true;
  if (!isProven || outer.tunnelKind === undefined || event.kind === "drop") return null;
  const owners = ownersOf(subject.world.network, way.destination);
  const told = icmpAbout(subject, outer);
  if (!told && isReached(subject, outer)) return null;
  const hosts = ownersOf(subject.world.network, outer.destination ?? "").filter((owner) =>
    owner.node !== outer.node
  );
  const evidence: Evidence[] = [];
  if (owners.length > 0) {
    for (const owner of owners) {
      evidence.push(
        stateEvidence(
          owner.node,
          `${
            placeOf(owner.node, owner.netns, owner.link.name)
          } has ${way.destination}, and nothing for it arrived there`,
        ),
      );
    }
  } else {
    if (hosts.length === 0) return null;
    evidence.push(stateEvidence(subject.node, `no probed node has ${way.destination}`));
  }
  for (const host of hosts) {
    evidence.push(
      stateEvidence(
        host.node,
        `${outer.destination} is at ${placeOf(host.node, host.netns, host.link.name)}`,
      ),
    );
  }
  const why = told ? `, and ${told.source} answered that it is unreachable` : "";
  if (told) {
    evidence.push({
      node: told.node.name,
      kind: "event",
      text:
        `ICMP type ${told.icmpType} code ${told.icmpCode} from ${told.source} about ${told.quotedSource} > ${told.quotedDestination}`,
    });
  }
  const arrived = owners.length > 0 ? "never arrived there" : "belongs to no probed node";
  return unreachable(
    subject,
    way,
    `the packet left ${place(subject)} for ${way.destination}, which ${arrived}${why}`,
    evidence,
    told ? "proven" : "likely",
  );
}

/**
 * The other end is there: packets of the same two ends arrived, in either direction, or it answered
 * for its link address. What was lost was lost on the way (R42).
 */
function isReached(subject: Case, outer: Sighting): boolean {
  const { world, node } = subject;
  // What is not read may say that it answered.
  if (stateAt(node, outer.netns, outer.at) === null) return true;
  const { tunnelSource, tunnelDestination } = outer;
  if (mayHaveArrived(subject, outer)) return true;
  const { crossings } = world;
  if (crossings?.hasTunnel(`${tunnelSource}>${tunnelDestination}`)) return true;
  if (crossings?.hasTunnel(`${tunnelDestination}>${tunnelSource}`)) return true;
  const entry = neighbourOf(node, outer.netns, tunnelDestination ?? "", outer.device);
  const isHolders = ownersOf(world.network, tunnelDestination ?? "")
    .some(({ link }) => link.mac !== undefined && link.mac === outer.destinationMac);
  // The frame is addressed to the end itself: that it has this link address was learnt from it.
  if (isHolders && !entry?.states.includes("PERMANENT")) return true;
  return entry?.mac !== undefined && !entry.states.includes("FAILED") &&
    !entry.states.includes("PERMANENT");
}

/**
 * Whatever came from there or arrived there may be among the runs that were left out, unless more packets
 * were proven lost on this way than there are such runs: an end that is there gets more than it loses.
 */
function mayHaveArrived({ world, node, judgement }: Case, outer: Sighting): boolean {
  const ends = new Set([
    node,
    ...ownersOf(world.network, outer.tunnelDestination ?? "").map((owner) => owner.node),
  ]);
  let leftOut = 0;
  for (const end of ends) {
    const runs = runsLeftOut(end);
    if (runs === null) return true;
    leftOut += runs;
  }
  if (leftOut === 0) return false;
  const { awaited } = judgement;
  if (awaited === undefined || world.crossings === undefined) return true;
  return world.crossings.way(wayKey(outer, awaited.node.name)).lost.length <= leftOut;
}

function icmpAbout(subject: Case, outer: Sighting): Sighting | undefined {
  return quotingDestination(subject.evidence, outer.tunnelDestination).find((event) =>
    event.quotedSource !== undefined && saysUnreachable(event)
  );
}

function unreachable(
  subject: Case,
  way: Encapsulated,
  why: string,
  evidence: Evidence[],
  confidence: "proven" | "likely" | "possible",
  remedy: readonly string[] = [],
) {
  const chosen = way.entry
    ? ` (chosen by the fdb entry for ${way.entry.mac} on ${way.entry.device})`
    : way.link?.tunnel?.remote
    ? ` (the remote of ${way.link.name})`
    : "";
  const device = way.at ? `at ${placeOf(way.at.node, way.at.netns, way.at.device ?? "")} ` : "";
  return cause(
    "tunnel-endpoint-unreachable",
    confidence,
    `encapsulated ${device}to ${way.destination}${chosen}, which can't be reached: ${why}`,
    [...way.evidence, ...evidence],
    endpointRemedy(subject, way, remedy),
  );
}

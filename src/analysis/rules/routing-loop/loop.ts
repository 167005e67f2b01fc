/** A packet that went in a circle: R6 and R40 answer `routing-loop` with it. */
import type { Cause, Evidence } from "../../../event/report.ts";
import { sightingsOf } from "../../correlate/packets.ts";
import { lookUpRoute, routeText } from "../../view/routing.ts";
import { netnsName } from "../../view/netns_names.ts";
import { stateAt } from "../../view/state_view.ts";
import type { Sighting } from "../../view/timeline.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { packetText, stateEvidence, wireDestination } from "../evidence.ts";
import { cause } from "../rule.ts";
import { ipFor } from "../shared/route_command.ts";
import { address } from "../word.ts";

type Repeated = NonNullable<ReturnType<typeof loopedAt>>;

/** `routing-loop`, with where the tables of the routers of the circle send the packet. */
export function causeOfLoop(
  subject: Case,
  repeated: Repeated,
  confidence: Cause["confidence"],
  evidence: Evidence[],
) {
  const { device, node, times, from, to } = repeated;
  const routers = routersOf(subject);
  const text = `passed ${device} of ${node.name} ${times} times, TTL ${from} to ${to}`;
  return cause(
    "routing-loop",
    confidence,
    `${
      packetText(subject.event)
    } went in a circle: it passed ${device} of ${node.name} ${times} times until its TTL ran out`,
    [
      ...evidence,
      { node: node.name, kind: "event", text },
      ...routers.map((router) => stateEvidence(router.node, router.text)),
    ],
    routers.flatMap((router) => router.ask),
  );
}

/** Namespaces the packet came to more than once, and where their tables send it. */
function routersOf(subject: Case) {
  const destination = wireDestination(subject.event);
  const visits = new Map<string, { event: Sighting; times: number }>();
  for (const event of sightingsOf(subject.judgement.packet)) {
    // A bridge between them only sends on what is for another host.
    if (event.kind !== "device-rx" || event.packetType === "otherhost") continue;
    const key = `${event.node.name} ${event.netns}`;
    visits.set(key, { event, times: (visits.get(key)?.times ?? 0) + 1 });
  }
  return [...visits.values()].filter(({ times }) => times > 1).slice(0, 4).map(({ event }) => {
    const { node, netns, at } = event;
    const state = stateAt(node, netns, at);
    const route = state && lookUpRoute(state, { destination }).route;
    return {
      node,
      text: `${netnsName(node, netns)} on ${node.name} sends ${destination} by: ${
        route ? routeText(route) : "no route that was read"
      }`,
      ask: command(node, netns, [...ipFor(destination), "route", "get", address(destination)]),
    };
  });
}

/**
 * The point that the packet passed most often, with a TTL going down: of all its sightings, since a
 * router without a probe leaves a hole in its way.
 */
export function loopedAt(subject: Case) {
  const visits = new Map<string, { device: string; node: typeof subject.node; ttls: number[] }>();
  for (const event of sightingsOf(subject.judgement.packet)) {
    if (event.kind !== "device-rx" || event.ttl === undefined) continue;
    const key = `${event.node.name} ${event.netns} ${event.ifindex} ${event.tunnelKind ?? ""}`;
    const visit = visits.get(key) ?? { device: event.device ?? "", node: event.node, ttls: [] };
    visit.ttls.push(event.ttl);
    visits.set(key, visit);
  }
  const best = [...visits.values()].sort((a, b) => b.ttls.length - a.ttls.length)[0];
  if (!best || new Set(best.ttls).size < 2) return null;
  const from = Math.max(...best.ttls);
  return { ...best, times: best.ttls.length, from, to: Math.min(...best.ttls) };
}

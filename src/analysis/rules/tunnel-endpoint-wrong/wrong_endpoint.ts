/** A tunnel that leads to the wrong node. */
import type { FdbEntry } from "../../../event/state.ts";
import { isUnwanted } from "../../kernel/routing.ts";
import { ownersOf, stateAt } from "../../view/state_view.ts";
import type { NodeView, Sighting } from "../../view/timeline.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { eventEvidence, placeOf, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { checked } from "../shared/checked.ts";
import { encapsulation, lastOuter } from "../shared/encapsulation.ts";
import { endpointOf, keeperWords, leadsTo, nodeOfMac, toEndpoint } from "../shared/tunnel_way.ts";
import { address, device as deviceWord } from "../word.ts";

/** It came out of the tunnel on a node that does not host its destination. */
export const tunnelWrongEndpoint: Rule = {
  id: "R24",
  statement:
    "Dropped on the device it came out of the tunnel by, or flooded from there to nobody that " +
    "was meant (O4), on a node that does not host its destination, and another probed node " +
    "does, which has not the end point's address as well: `tunnel-endpoint-wrong`. Not of a hub to which the sender sends " +
    "all, and whose own table leads the frame on to another end.",
  yields: ["tunnel-endpoint-wrong"],
  judge(subject) {
    const { event } = subject;
    const outer = lastOuter(subject);
    if (event.kind !== "drop" || event.tunnelKind !== undefined || !outer) return null;
    if (outer.node !== event.node || !isUnwanted(event)) return null;
    // It died on the tunnel device, or a bridge flooded it to ports that it was not meant for.
    const arrival = subject.judgement.steps.map((step) => step.event)
      .findLast((other) => other.kind === "device-rx");
    const cameOut = arrival?.ifindex === subject.ifindex && subject.link?.tunnel !== undefined;
    if (!cameOut && subject.judgement.end.kind !== "flooded") return null;
    const hosts = ownersOf(subject.world.network, event.destination!);
    const others = hosts.filter((owner) => owner.node !== event.node);
    if (others.length === 0 || others.length < hosts.length) return null;
    // The end point is right where the host has that address, too: two nodes hold it.
    const endpoints = ownersOf(subject.world.network, outer.tunnelDestination!);
    if (endpoints.some(({ node }) => others.some((owner) => owner.node === node))) return null;
    const way = encapsulation(subject);
    if (isHandedOnHere(subject, way?.entry)) return null;
    const sender = way?.at;
    const host = others[0]!;
    return cause(
      "tunnel-endpoint-wrong",
      "proven",
      `encapsulated to ${outer.tunnelDestination} on ${event.node.name}, which does not host ${event.destination}: that is at ${
        placeOf(host.node, host.netns, host.link.name)
      }`,
      [
        eventEvidence(subject),
        ...(way?.evidence ?? []),
        stateEvidence(
          host.node,
          `${event.destination} is at ${placeOf(host.node, host.netns, host.link.name)}`,
        ),
      ],
      sender ? endpointFix(subject, sender, host.node, outer) : [],
    );
  },
};

/**
 * A hub: the sender's device sends all there, and the bridge and the tunnel's own table there lead the frame
 * on to another end. Where the sender has an entry for the MAC, that one is wrong, whatever others know.
 */
function isHandedOnHere({ event, link, before }: Case, entry: FdbEntry | undefined): boolean {
  if (entry === undefined || !/^(00:){5}00$/.test(entry.mac) || !link?.bridgePort) return false;
  return before?.fdb.some(({ mac, device, destination }) =>
    mac === event.destinationMac && device === link.name && destination !== undefined
  ) ?? false;
}

/**
 * The entry for the frame's MAC leads to the end point of the node that hosts the destination. A MAC
 * of another node is led there rightly: then it is the route or the neighbour entry that is wrong.
 */
function endpointFix(subject: Case, sender: Sighting, host: NodeView, outer: Sighting): string[] {
  const { node, netns, device = "", destinationMac: mac } = sender;
  const state = stateAt(node, netns, sender.at);
  const endpoint = endpointOf(host, outer.tunnelKind!, outer.tunnelId);
  const holder = mac === undefined ? undefined : nodeOfMac(subject, mac, sender);
  const lines = state && mac !== undefined && endpoint !== undefined && holder === host
    ? checked({
      ...{ node, netns, state },
      changes: toEndpoint(state, device, mac, endpoint),
      passes: (after) => leadsTo(after, device, mac, endpoint),
    })
    : [];
  if (lines.length > 0) return [...keeperWords(device), ...lines];
  return [
    ...command(node, netns, ["ip", "route", "get", address(subject.event.destination)]),
    // GRE for many ends has them as link addresses of its neighbours.
    ...command(node, netns, [
      ...(sender.tunnelKind ?? outer.tunnelKind) === "vxlan" ? ["bridge", "fdb"] : ["ip", "neigh"],
      ...["show", "dev", deviceWord(device)],
    ]),
  ];
}

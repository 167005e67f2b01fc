/** A tunnel that leads to the wrong node. */
import { isUnwanted } from "../../kernel/routing.ts";
import { ownersOf } from "../../view/state_view.ts";
import type { Sighting } from "../../view/timeline.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { eventEvidence, placeOf, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { encapsulation, lastOuter } from "../shared/encapsulation.ts";
import { addressOr, device, mac } from "../word.ts";

/** It came out of the tunnel on a node that does not host its destination. */
export const tunnelWrongEndpoint: Rule = {
  id: "R24",
  statement:
    "Dropped on the device it came out of the tunnel by, or flooded from there to nobody that " +
    "was meant (O4), on a node that does not host its destination, and another probed node " +
    "does: `tunnel-endpoint-wrong`.",
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
    const hosts = ownersOf(subject.world.nodes, event.destination!);
    const others = hosts.filter((owner) => owner.node !== event.node);
    if (others.length === 0 || others.length < hosts.length) return null;
    const way = encapsulation(subject);
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
      sender && way?.entry
        ? command(sender.node, sender.netns, [
          ...["bridge", "fdb", "replace", mac(way.entry.mac), "dev", device(way.entry.device)],
          ...["dst", addressOr(endpointOf(host.node, outer), `ADDRESS_OF_${host.node.name}`)],
        ])
        : undefined,
    );
  },
};

/** Where that node's own end of this tunnel is, as far as its device says. */
function endpointOf(node: Case["node"], { tunnelKind, tunnelId }: Sighting): string | undefined {
  return [...node.states.values()].flatMap((list) => list.at(-1)!.state.links)
    .find(({ kind, tunnel }) => kind === tunnelKind && tunnel?.id === tunnelId && tunnel?.local)
    ?.tunnel?.local;
}

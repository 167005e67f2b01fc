/** A packet that a router sends back to the very host that sent it. */
import { isRoutingDecision, namesMoreThanForwarding } from "../../kernel/routing.ts";
import { lookUpRoute, routeText } from "../../view/routing.ts";
import { netnsName } from "../../view/netns_names.ts";
import { acceptsAddress, stateAt } from "../../view/state_view.ts";
import type { Sighting } from "../../view/timeline.ts";
import { command } from "../command.ts";
import {
  eventEvidence,
  packetText,
  place,
  stateEvidence,
  wireDestination,
  wireSource,
} from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { ipFor } from "../shared/route_command.ts";
import { address } from "../word.ts";

/**
 * A host that does not forward ends the circle the first time: by the kernel's reason it is one that should
 * forward, and if it did, the packet would go round until its TTL ran out.
 *
 * What else looks like it: what another host sends with this one's address, which did not leave here before.
 */
export const sentBack: Rule = {
  id: "R213",
  title: "Sent back to its sender",
  statement:
    "Died in the routing decision of the namespace whose address is its source, and which had sent it before with a " +
    "higher TTL, for no reason that names more than forwarding: `routing-loop`, proven, with where the tables of " +
    "both send it.",
  yields: ["routing-loop"],
  judge(subject) {
    const { event, node, netns, before, judgement } = subject;
    if (event.kind !== "drop" || !isRoutingDecision(event) || event.tunnelKind) return null;
    // Where it forwards the kernel says that the source can't be: R5.
    if (namesMoreThanForwarding(event)) return null;
    const destination = wireDestination(event);
    if (acceptsAddress(before, destination)) return null;
    if (!acceptsAddress(before, wireSource(event))) return null;
    const ways = judgement.steps.map((step) => step.event).filter(({ kind, tunnelKind }) =>
      kind === "device-tx" && tunnelKind === undefined
    );
    const first = ways.find((sent) => sent.node === node && sent.netns === netns);
    const last = ways.at(-1);
    if (!first || !last || (last.node === node && last.netns === netns)) return null;
    if (first.ttl === undefined || event.ttl === undefined || event.ttl >= first.ttl) return null;
    return cause(
      "routing-loop",
      "proven",
      `${packetText(event)} came back to ${place(subject)}, which had sent it: ${
        netnsName(last.node, last.netns)
      } on ${last.node.name} sends ${destination} there`,
      [
        eventEvidence(subject),
        {
          node: node.name,
          kind: "event",
          text:
            `it left by ${first.device} with a TTL of ${first.ttl}, and came back with one of ${event.ttl}`,
        },
        ...[last, first].map((sent) => stateEvidence(sent.node, wayText(sent, destination))),
      ],
      [last, first].flatMap((sent) =>
        command(sent.node, sent.netns, [
          ...ipFor(destination),
          ...["route", "get", address(destination)],
        ])
      ),
    );
  },
};

/** Where the tables send it, by what is asked without marks and types of service. */
function wayText({ node, netns, at, device }: Sighting, destination: string): string {
  const state = stateAt(node, netns, at);
  const route = state && lookUpRoute(state, { destination }).route;
  const is = route && route.device === device ? routeText(route) : `by ${device}`;
  return `${netnsName(node, netns)} on ${node.name} sends ${destination}: ${is}`;
}

/** A tunnel for many ends that nothing tells which end has the next hop. */
import { isUnwanted } from "../../kernel/routing.ts";
import { nextHopsBy } from "../../view/next_hops.ts";
import { lookUpRoute } from "../../view/routing.ts";
import { stateAt } from "../../view/state_view.ts";
import { command } from "../command.ts";
import { eventEvidence, placeOf, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { encapsulation, lastOuter } from "../shared/encapsulation.ts";
import { device as deviceWord } from "../word.ts";

/**
 * A GRE device without a remote sends to the end that the next hop's neighbour entry names as its link
 * address. Without an entry the kernel, which asks nobody on such a device, takes the device's own.
 *
 * What else looks like it: an entry that names the own address, which somebody wrote: that is read.
 */
export const tunnelToItself: Rule = {
  id: "R203",
  title: "A tunnel that nothing tells its other end",
  statement:
    "Dropped on the node that sent it into a tunnel from and to one address of its own, by a device without a " +
    "remote that has no neighbour entry for the next hop, as read: `tunnel-no-endpoint`, proven.",
  yields: ["tunnel-no-endpoint"],
  judge(subject) {
    const { event } = subject;
    const outer = lastOuter(subject);
    if (event.kind !== "drop" || event.tunnelKind !== undefined || !outer) return null;
    if (outer.node !== event.node || !isUnwanted(event)) return null;
    if (outer.tunnelSource === undefined || outer.tunnelSource !== outer.tunnelDestination) {
      return null;
    }
    const way = encapsulation(subject);
    const { at, link } = way ?? {};
    if (!at || !link?.tunnel || link.tunnel.remote !== undefined || link.tunnel.external) {
      return null;
    }
    if (!/gre$/.test(link.kind ?? "")) return null;
    const state = stateAt(at.node, at.netns, at.at);
    if (!state || at.destination === undefined) return null;
    const { route } = lookUpRoute(state, { source: at.source, destination: at.destination });
    const [hop] = nextHopsBy(route, at.destination, link.name);
    if (!hop) return null;
    const isFor = ({ address, device }: (typeof state.neighbours)[number]) =>
      address === hop.address && device === link.name;
    if (state.neighbours.some(isFor)) return null;
    const place = placeOf(at.node, at.netns, link.name);
    return cause(
      "tunnel-no-endpoint",
      "proven",
      `${place} has no remote, and no neighbour entry says which end has ${hop.address}: so it sent the ` +
        `packet to its own address, ${outer.tunnelDestination}`,
      [
        eventEvidence(subject),
        ...way!.evidence,
        stateEvidence(
          at.node,
          `no neighbour entry for ${hop.address} on ${link.name}; remote none`,
        ),
      ],
      command(at.node, at.netns, ["ip", "neigh", "show", "dev", deviceWord(link.name)]),
    );
  },
};

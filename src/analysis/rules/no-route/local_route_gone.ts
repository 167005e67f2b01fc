/** A host that has an address, and no local route by which it takes what is for it. */
import { saysForwardingOff } from "../../kernel/routing.ts";
import { contains } from "../../view/address.ts";
import { netnsName } from "../../view/netns_names.ts";
import { isIncomplete } from "../../view/state_view.ts";
import { command } from "../command.ts";
import { eventEvidence, stateEvidence, wireDestination } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";

/**
 * The kernel makes a local route with each address, and by those alone it knows what is for the host. One that
 * is deleted does not come back by itself.
 *
 * What else looks like it: an address of a VRF, whose local routes are in its own table, so that those of all tables
 * are looked at.
 */
export const localRouteGone: Rule = {
  id: "R220",
  title: "An address without its local route",
  statement:
    "Refused as not for this host (`ip_error`, IP_INADDRERRORS), a device of the namespace has the address, and of " +
    "its routes, which were read whole, none is local and has it: `no-route`, proven.",
  yields: ["no-route"],
  judge(subject) {
    const { event, node, netns, before } = subject;
    if (event.kind !== "drop" || !saysForwardingOff(event) || !before) return null;
    if (isIncomplete(before, ["state", "routes"])) return null;
    const destination = wireDestination(event);
    const holder = before.links.find(({ addresses }) =>
      addresses.some(({ address }) => address === destination)
    );
    if (!holder) return null;
    const isTaken = before.routes.some((route) =>
      route.type === "local" && contains(route.destination, destination)
    );
    if (isTaken) return null;
    const where = `${netnsName(node, netns)} on ${node.name}`;
    return cause(
      "no-route",
      "proven",
      `${where} has ${destination} at ${holder.name} and no local route for it, so that it does not take it for its own`,
      [
        eventEvidence(subject),
        stateEvidence(node, `${destination} is at ${holder.name} in ${where}`),
        stateEvidence(node, `no local route in ${where} has ${destination}`),
      ],
      command(node, netns, ["ip", "route", "show", "table", "local"]),
    );
  },
};

/** A route into a dummy device, which some write where a blackhole route is meant. */
import { isKeptByDummy } from "../../kernel/refusing_devices.ts";
import { lookUpRoute, routeText } from "../../view/routing.ts";
import { cause, type Rule } from "../rule.ts";
import { command } from "../command.ts";
import { eventEvidence, placeOf, stateEvidence } from "../evidence.ts";
import { ipFor } from "../shared/route_command.ts";
import { address, device } from "../word.ts";

/**
 * A dummy device counts what it is handed and frees it (`dummy_xmit`, all kernels).
 *
 * What else looks like it: a copy for somebody who listens at the device (O4: a mirror), and what a bridge
 * floods to it; neither of them is the packet.
 */
export const intoDummy: Rule = {
  id: "R214",
  title: "A route into a dummy device",
  statement:
    "Freed, not as a drop, in the transmit function of a dummy device that no other device, and no filter with the TTL that it came with, handed it to, and sent to " +
    "one host: `route-blackhole`. Proven where the tables as read lead there, likely where they do not.",
  yields: ["route-blackhole"],
  judge(subject) {
    const { event, node, netns, before, link, judgement } = subject;
    const { destination, source } = event;
    if (judgement.outcome !== "dropped" || !isKeptByDummy(event)) return null;
    if (link === undefined || destination === undefined) return null;
    const { route = null, certain = false } = before === null || source === undefined
      ? {}
      : lookUpRoute(before, { source, destination });
    const leads = route?.device === link.name ? routeText(route) : null;
    return cause(
      "route-blackhole",
      leads !== null && certain ? "proven" : "likely",
      `${
        placeOf(node, netns, link.name)
      } is a dummy device, which hands to nobody what it is sent` +
        (leads === null ? "" : `, and the route for ${destination} leads there: ${leads}`),
      [
        eventEvidence(subject),
        stateEvidence(node, `${link.name}: kind ${link.kind}`),
        ...(leads === null ? [] : [stateEvidence(node, leads)]),
      ],
      command(node, netns, [...ipFor(destination), "route", "get", address(destination)])
        .concat(command(node, netns, ["ip", "-d", "link", "show", "dev", device(link.name)])),
    );
  },
};

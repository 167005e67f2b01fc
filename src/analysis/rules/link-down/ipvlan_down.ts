/** A packet for an ipvlan that is down, which the host below takes for one to forward. */
import { placeOf, wireDestination } from "../evidence.ts";
import { forwardingDisabled } from "../ip-forwarding-disabled/forwarding_disabled.ts";
import type { Rule } from "../rule.ts";
import { causeOfDown } from "../shared/carrier.ts";
import { ipvlansOn } from "../shared/ipvlans.ts";

/**
 * An ipvlan has the MAC of the device that it is made on, which looks up whose a packet is by its address. A
 * device that is set down takes its addresses out of that table (`ipvlan_stop`, Linux 5.10 to 7.2), so that
 * the packet is the host's below, to whom nobody has sent it.
 */
export const ipvlanDown: Rule = {
  id: "R192",
  title: "An ipvlan that is down",
  statement:
    "Died as in R1 on a device on which an ipvlan has the packet's destination, and was read to " +
    "be down: `link-down`, proven.",
  yields: ["link-down"],
  judge(subject) {
    const { event, node } = subject;
    if (event.tunnelKind !== undefined || !forwardingDisabled.judge(subject)) return null;
    const destination = wireDestination(event);
    const [found, ...more] = ipvlansOn(event).filter(({ link }) =>
      link.addresses.some(({ address }) => address === destination)
    );
    if (!found || more.length > 0 || found.link.flags.includes("UP")) return null;
    const { link, netns } = found;
    return causeOfDown(subject, [{ where: placeOf(node, netns, link.name), link, node, netns }]);
  },
};

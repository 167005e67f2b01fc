/** A packet that is larger than the port of Open vSwitch that it is for. */
import type { Link } from "../../../event/state.ts";
import { isOutputTooLarge, isOutputUntold } from "../../kernel/openvswitch.ts";
import { saysTooBig } from "../../kernel/sizes.ts";
import type { Case } from "../case.ts";
import { eventEvidence, place, placeOf, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { largerMtu } from "../shared/mtu_remedy.ts";

/** Ports that are shown, of what may be hundreds. */
const PORTS_SHOWN = 3;

/**
 * The kernel does not tell which port it was for.
 *
 * What else looks like it: a port whose device has no Ethernet header (wireguard, a tunnel of IP), which
 * the same function refuses. So nothing is said where no port is smaller than the packet.
 */
export const openvswitchPortTooSmall: Rule = {
  id: "R162",
  statement:
    "Freed where Open vSwitch sends by a port, without a reason or as too big, and another port of its " +
    "datapath has an MTU below the packet's size: `mtu-exceeded`, with that port; of several ports, where " +
    "one has a device without Ethernet headers, or where the function that executes actions freed it " +
    "without a reason, likely, else proven.",
  yields: ["mtu-exceeded"],
  judge(subject) {
    const { event, node, netns, world } = subject;
    const size = event.ipLength;
    // The last function of the output may leave its free to its caller, which frees for more reasons.
    const isTold = isOutputTooLarge(event);
    if (event.kind !== "drop" || !(isTold || isOutputUntold(event)) || size === undefined) {
      return null;
    }
    const ports = otherPorts(subject);
    const small = ports.filter(({ mtu }) => mtu < size);
    const [port] = small;
    if (port === undefined) return null;
    const isOnly = small.length === 1;
    const isSure = isOnly && isTold && (saysTooBig(event) || ports.every(hasFrames));
    const what = isOnly
      ? `${placeOf(node, netns, port.name)}, whose MTU is ${port.mtu}`
      : `a port whose MTU is smaller`;
    return cause(
      "mtu-exceeded",
      isSure ? "proven" : "likely",
      `Open vSwitch had a packet of ${size} bytes from ${place(subject)} for ${what}`,
      [
        eventEvidence(subject, `${size} bytes`),
        ...small.slice(0, PORTS_SHOWN).map(({ name, mtu }) =>
          stateEvidence(
            node,
            `${placeOf(node, netns, name)}, a port of Open vSwitch, has MTU ${mtu}`,
          )
        ),
      ],
      small.slice(0, PORTS_SHOWN)
        .flatMap((link) => largerMtu(world.nodes, { node, netns, link }, size)),
    );
  },
};

/** A tunnel of IP has its own end's IP address where others have a MAC; wireguard has nothing. */
const hasFrames = ({ mac = "" }: Link) => /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(mac);

/** Ports of the datapath but the one that the packet came in by. */
function otherPorts({ before, link }: Case): Link[] {
  const datapath = link?.masterIfindex;
  if (!before || datapath === undefined) return [];
  return before.links.filter(({ masterIfindex, ifindex }) =>
    masterIfindex === datapath && ifindex !== link?.ifindex
  );
}

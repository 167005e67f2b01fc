/** A frame for the host itself, in a VLAN that its bridge has on ports alone. */
import { isFreedGoingUp } from "../../kernel/bridge.ts";
import { allowsVlan, filtersVlans, vlanAtPort } from "../../view/bridge_vlans.ts";
import { eventEvidence, place, placeOf, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { checked } from "../shared/checked.ts";

/**
 * The bridge's own device is a port as others are, and has a list of its own (`bridge vlan … self`). An
 * address on the bridge, or on a VLAN device over it, is behind that port.
 */
export const bridgesOwnVlan: Rule = {
  id: "R198",
  title: "A VLAN that the bridge itself does not have",
  statement:
    "Freed where a bridge hands a frame to its own device, which it does for no other reason, and the bridge " +
    "filters VLANs and was read to have that of the frame not itself: `bridge-vlan-filtered`, proven.",
  yields: ["bridge-vlan-filtered"],
  judge(subject) {
    const { event, node, netns, before: state, link: port } = subject;
    if (!isFreedGoingUp(event) || !state || !port) return null;
    const bridge = state.links.find(({ ifindex }) => ifindex === port.masterIfindex);
    if (!filtersVlans(bridge)) return null;
    const id = vlanAtPort(port, event.vlan);
    if (id === undefined || allowsVlan(bridge, id)) return null;
    const { name, vlans } = bridge;
    const has = vlans?.map((vlan) => vlan.id).join(", ") || "none";
    return cause(
      "bridge-vlan-filtered",
      "proven",
      `the frame came in by ${place(subject)} in VLAN ${id} and is for ${
        placeOf(node, netns, name)
      } itself, which does not have that VLAN: so neither it nor a VLAN device on it gets the frame`,
      [
        eventEvidence(subject),
        stateEvidence(node, `${name} filters VLANs, and has ${has} itself`),
      ],
      checked({
        ...{ node, netns, state },
        changes: [{ do: "allow-vlan", device: name, id, self: true }],
        passes: ({ links }) => links.some((each) => each.name === name && allowsVlan(each, id)),
      }),
    );
  },
};

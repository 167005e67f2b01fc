/** A frame of a VLAN that nothing takes where it came in. */
import { altered } from "../../../event/altered.ts";
import { isAnothersFrame } from "../../kernel/frees.ts";
import { command } from "../command.ts";
import { eventEvidence, place, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { vlanNobodyTakes } from "../shared/vlan_devices.ts";
import { device } from "../word.ts";

/**
 * The receiver has no device for the frame's VLAN.
 *
 * What else looks like it: a frame with another MAC (R8), a VLAN device of that id in a namespace that
 * was not read, a device above that takes frames with their tags (a bridge, a bond, macvlan): in all
 * these nothing is said here.
 */
export const vlanUnknown: Rule = {
  id: "R136",
  title: "A VLAN without a device",
  statement:
    "Freed as another host's, although the frame is addressed to the device that it came in by: it " +
    "came with a VLAN, and on the node no VLAN device of that id is on that device: `vlan-unknown`, " +
    "proven. So R9 and R41 say of a question for a link address that came to who has the address.",
  yields: ["vlan-unknown"],
  judge(subject) {
    const { event, judgement, node, netns, link } = subject;
    if (event.tunnelKind !== undefined || !isAnothersFrame(event)) return null;
    const arrival = judgement.steps.map((step) => step.event).findLast((other) =>
      other.kind === "device-rx" && other.node === node && other.skb === event.skb &&
      other.ifindex === subject.ifindex
    );
    if (!arrival || link?.mac === undefined || arrival.destinationMac !== link.mac) return null;
    const found = vlanNobodyTakes(altered(arrival, { netns }));
    if (!found) return null;
    return cause(
      "vlan-unknown",
      "proven",
      `the frame came to ${place(subject)} in VLAN ${found.id}, and no device takes that there` +
        found.others,
      [
        eventEvidence(subject, `frame addressed to ${link.mac} in VLAN ${found.id}`),
        stateEvidence(node, `${link.name} has MAC ${link.mac}${found.others}`),
      ],
      command(node, netns, ["ip", "-d", "link", "show", "dev", device(link.name)]),
    );
  },
};

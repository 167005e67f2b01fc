/** A frame with two tags, whose second one nothing takes where the first one was taken off. */
import { altered } from "../../../event/altered.ts";
import { isAnothersFrame } from "../../kernel/frees.ts";
import { linkOf, stateAt } from "../../view/state_view.ts";
import type { Sighting } from "../../view/timeline.ts";
import { command } from "../command.ts";
import { eventEvidence, place, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { vlanNobodyTakes } from "../shared/vlan_devices.ts";

/**
 * A VLAN device takes the first tag off, and a device on top of it the second one. Events tell the tag that
 * is beside the frame alone: the second one is that of the last device of a VLAN which the packet left by.
 *
 * What else looks like it: a frame with another MAC (R8), a device of that id on top, and a device that
 * takes frames with their tags (a bridge): in these nothing is said here.
 */
export const secondTagUnknown: Rule = {
  id: "R201",
  title: "A second tag without a device",
  statement:
    "Freed as another host's at a device of a VLAN, although the frame came to the device below in that VLAN " +
    "and is addressed to the device: it had a second tag, and the device of a VLAN that the packet left its " +
    "sender by is of another id than that one and than all devices of VLANs on top: `vlan-unknown`, proven.",
  yields: ["vlan-unknown"],
  judge(subject) {
    const { event, judgement, node, netns, link } = subject;
    if (event.tunnelKind !== undefined || !isAnothersFrame(event) || !link?.vlan) return null;
    const steps = judgement.steps.map((step) => step.event);
    const arrival = steps.findLast((other) =>
      other.kind === "device-rx" && other.node === node && other.skb === event.skb
    );
    const isBelow = arrival?.ifindex === link.peerIfindex && arrival?.vlan === link.vlan.id;
    if (!arrival || !isBelow || arrival.destinationMac !== link.mac) return null;
    const sent = senderOfInner(steps.slice(0, steps.indexOf(arrival)), link.vlan.id);
    const inner = sent && linkAt(sent)!.vlan!;
    // With one tag alone it would be the first one.
    if (!sent || !inner || inner.id === link.vlan.id) return null;
    const untaken = vlanNobodyTakes(
      altered(arrival, { netns, ifindex: link.ifindex, vlan: inner.id }),
    );
    if (!untaken) return null;
    return cause(
      "vlan-unknown",
      "proven",
      `the frame came to ${
        place(subject)
      } with a second tag, of VLAN ${inner.id}, and no device takes ` +
        `that there${untaken.others}`,
      [
        eventEvidence(subject, `frame addressed to ${link.mac} in VLAN ${link.vlan.id}`),
        stateEvidence(sent.node, `${sent.device} is VLAN ${inner.id} of ${inner.protocol}`),
        stateEvidence(node, `${link.name} has MAC ${link.mac}${untaken.others}`),
      ],
      command(node, netns, ["ip", "-d", "link", "show", "type", "vlan"]),
    );
  },
};

/**
 * Of the devices of VLANs that it left by the one that gave the inner tag: the last one, or where that gave the
 * outer one, the device on top of it. One that it left by on another node had its tag taken off again.
 */
function senderOfInner(steps: readonly Sighting[], outerId: number): Sighting | undefined {
  const tagged = steps.filter((step) =>
    step.kind === "device-tx" && linkAt(step)?.vlan !== undefined
  );
  const last = tagged.at(-1);
  if (last === undefined || linkAt(last)!.vlan!.id !== outerId) return last;
  return tagged.findLast((step) =>
    step.node === last.node && step.netns === last.netns &&
    linkAt(step)!.peerIfindex === last.ifindex
  );
}

const linkAt = ({ node, netns, ifindex, at }: Sighting) =>
  linkOf(stateAt(node, netns, at), ifindex);

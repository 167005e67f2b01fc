/** A frame of a VLAN that nothing takes where it came in. */
import { altered } from "../../../event/altered.ts";
import { isAnothersFrame } from "../../kernel/frees.ts";
import { command } from "../command.ts";
import { linkOf, stateAt } from "../../view/state_view.ts";
import type { Sighting } from "../../view/timeline.ts";
import type { Case } from "../case.ts";
import { eventEvidence, place, placeOf, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { vlanDevicesFor, vlanNobodyTakes } from "../shared/vlan_devices.ts";
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
    "proven; likely where the device left the tag in the frame, by the last device of a VLAN that the packet was " +
    "sent by. So R9 and R41 say of a question for a link address that came to who has the address. Likely " +
    "where such a device is there, and the one that gave the tag is of the other protocol (802.1Q, 802.1ad).",
  yields: ["vlan-unknown"],
  judge(subject) {
    const { event, judgement, node, netns, link } = subject;
    if (event.tunnelKind !== undefined || !isAnothersFrame(event)) return null;
    const arrival = judgement.steps.map((step) => step.event).findLast((other) =>
      other.kind === "device-rx" && other.node === node && other.skb === event.skb &&
      other.ifindex === subject.ifindex
    );
    if (!arrival || link?.mac === undefined || arrival.destinationMac !== link.mac) return null;
    const untold = arrival.vlan === undefined ? tagInFrame(subject, arrival) : null;
    const found = vlanNobodyTakes(altered(arrival, { netns, ...(untold && { vlan: untold.id }) }));
    if (!found) return otherProtocol(subject, altered(arrival, { netns }));
    return cause(
      "vlan-unknown",
      untold ? "likely" : "proven",
      `the frame came to ${place(subject)} in VLAN ${found.id}, and no device takes that there` +
        found.others,
      [
        eventEvidence(
          subject,
          `frame addressed to ${link.mac}${untold ? "" : ` in VLAN ${found.id}`}`,
        ),
        ...(untold ? [untold.evidence] : []),
        stateEvidence(node, `${link.name} has MAC ${link.mac}${found.others}`),
      ],
      command(node, netns, ["ip", "-d", "link", "show", "dev", device(link.name)]),
    );
  },
};

/**
 * A device may leave the tag in the frame, where no event tells it (macsec, a NIC without such an offload): it
 * is that of the last device of a VLAN which the packet left its sender by.
 */
function tagInFrame({ judgement, link }: Case, arrival: Sighting) {
  if (link?.vlan) return null;
  const steps = judgement.steps.map(({ event }) => event);
  const sent = steps.slice(0, steps.indexOf(arrival)).findLast((event) =>
    event.kind === "device-tx" && linkAt(event)?.vlan !== undefined
  );
  const vlan = sent && linkAt(sent)!.vlan!;
  if (!sent || !vlan) return null;
  const text = `${sent.device} is VLAN ${vlan.id} of ${vlan.protocol}`;
  return { id: vlan.id, evidence: stateEvidence(sent.node, text) };
}

/** The tag's own protocol no event tells: it is that of the sender's device, unless something on the way changed it. */
function otherProtocol(subject: Case, arrival: Sighting) {
  const id = arrival.vlan;
  if (id === undefined) return null;
  const tagged = subject.judgement.steps.map(({ event }) => event).findLast((event) =>
    event.kind === "device-tx" && linkAt(event)?.vlan?.id === id
  );
  const sent = tagged && linkAt(tagged)?.vlan;
  const here = vlanDevicesFor(arrival, id);
  if (!tagged || !sent || here.length === 0) return null;
  if (here.some(({ link }) => link.vlan!.protocol === sent.protocol)) return null;
  const { link, netns } = here[0]!;
  const { node } = subject;
  return cause(
    "vlan-unknown",
    "likely",
    `the frame came to ${
      place(subject)
    } in VLAN ${id} of ${sent.protocol}, by the device that gave the tag, and ` +
      `${placeOf(node, netns, link.name)} takes VLAN ${id} of ${link.vlan!.protocol}`,
    [
      eventEvidence(subject),
      stateEvidence(tagged.node, `${tagged.device} is VLAN ${id} of ${sent.protocol}`),
      stateEvidence(node, `${link.name} is VLAN ${id} of ${link.vlan!.protocol}`),
    ],
    command(node, netns, ["ip", "-d", "link", "show", "dev", device(link.name)]),
  );
}

const linkAt = ({ node, netns, ifindex, at }: Sighting) =>
  linkOf(stateAt(node, netns, at), ifindex);

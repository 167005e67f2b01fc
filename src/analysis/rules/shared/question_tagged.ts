/** A question for a link address that came with a tag of a VLAN, or with two, that its holder's devices do not take. */
import { altered } from "../../../event/altered.ts";
import { linkOf } from "../../view/state_view.ts";
import type { Sighting } from "../../view/timeline.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { placeOf, stateEvidence } from "../evidence.ts";
import type { Asked } from "./asked.ts";
import { vlanDevicesFor, vlanNobodyTakes } from "./vlan_devices.ts";

/**
 * What the device that asks gave the question: an event tells the first tag's id alone. `name` is that device's.
 * Likely, because what lies between may give it other tags.
 */
export function tagNobodyTakes(subject: Case, name: string, question: Sighting): Asked | null {
  const asker = linkOf(subject.before, undefined, name);
  const first = asker?.vlan;
  if (!asker || !first) return null;
  if (first.id === question.vlan) return takenInOtherProtocol(subject, name, first, question);
  const below = linkOf(subject.before, asker.peerIfindex);
  if (below?.vlan === undefined || below.vlan.id !== question.vlan) return null;
  const [outer] = vlanDevicesFor(question, below.vlan.id);
  const untaken = outer && vlanNobodyTakes(
    altered(question, { netns: outer.netns, ifindex: outer.link.ifindex, vlan: first.id }),
  );
  if (!outer || !untaken) return null;
  const { node } = question;
  const where = placeOf(node, outer.netns, outer.link.name);
  return {
    code: "vlan-unknown",
    confidence: "likely",
    text:
      `; the question came to ${where} with a second tag, of VLAN ${first.id}, and no device takes ` +
      `that there${untaken.others}`,
    evidence: [
      stateEvidence(
        subject.node,
        `${name} is VLAN ${first.id} on VLAN ${below.vlan.id} (${below.name})`,
      ),
      stateEvidence(node, `${where} is VLAN ${below.vlan.id}${untaken.others}`),
    ],
    remedy: command(node, outer.netns, ["ip", "-d", "link", "show", "type", "vlan"]),
  };
}

/** The id is one that is there, of the other protocol (802.1Q, 802.1ad). */
function takenInOtherProtocol(
  subject: Case,
  name: string,
  sent: { id: number; protocol: string },
  question: Sighting,
): Asked | null {
  const here = vlanDevicesFor(question, sent.id);
  const [first] = here;
  if (!first || here.some(({ link }) => link.vlan!.protocol === sent.protocol)) return null;
  const { node } = question;
  const takes = placeOf(node, first.netns, first.link.name);
  const other = first.link.vlan!.protocol;
  return {
    code: "vlan-unknown",
    confidence: "likely",
    text:
      `; the question came to ${
        placeOf(node, question.netns, question.device ?? "")
      } in VLAN ${sent.id} of ${sent.protocol}, by the device that gave the tag, and ${takes} takes VLAN ` +
      `${sent.id} of ${other}`,
    evidence: [
      stateEvidence(subject.node, `${name} is VLAN ${sent.id} of ${sent.protocol}`),
      stateEvidence(node, `${takes} is VLAN ${sent.id} of ${other}`),
    ],
    remedy: command(node, first.netns, ["ip", "-d", "link", "show", "type", "vlan"]),
  };
}

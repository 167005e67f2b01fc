/** Questions for a link address that came to the device below the holder's, and not to that one. */
import { linkOf, type Owner, stateAt } from "../../view/state_view.ts";
import type { Sighting } from "../../view/timeline.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { placeOf, stateEvidence } from "../evidence.ts";
import { device } from "../word.ts";
import type { Asked } from "./asked.ts";
import { whyDied } from "./aside_death.ts";
import { cameBy } from "./question_on_the_way.ts";
import { vlanDevicesFor } from "./vlan_devices.ts";

/**
 * The device below had the question, and the holder's own one takes none: it is down, or a macvlan that takes
 * only what listed senders send. Of several holders nothing is said. `questions` are those of who asks.
 */
export function keptFromAbove(
  hop: string,
  questions: readonly Sighting[],
  owners: readonly Owner[],
): Asked | null {
  const [owner] = owners;
  if (!owner || owners.length > 1 || owner.link.peerIfindex === undefined) return null;
  const { node, netns, link } = owner;
  const below = link.peerNetns ?? netns;
  const came = questions.findLast((event) =>
    event.kind === "device-rx" && event.node === node && event.netns === below &&
    event.ifindex === link.peerIfindex && event.tunnelKind === undefined
  );
  if (!came) return null;
  const down = holderDown(owner, hop, came);
  if (down) return down;
  if (link.macvlanMode !== "source") return null;
  return {
    code: "macvlan-isolation",
    confidence: "likely",
    text: `; the question came to ${placeOf(node, below, came.device ?? "")}, and ${
      placeOfOwner(owner)
    } on it, which has ${hop}, is a macvlan in mode source: it takes only what senders in its list send`,
    evidence: [cameBy(hop, came), stateEvidence(node, `${placeOfOwner(owner)}: mode source`)],
    remedy: shown(owner),
  };
}

/** The holder's device is down, so that nobody answers for its address. */
export function holderDown(owner: Owner, hop: string, came: Sighting): Asked | null {
  const { node, netns } = owner;
  const link = linkOf(stateAt(node, netns, came.at), owner.link.ifindex);
  if (!link || link.flags.includes("UP")) return null;
  return {
    code: "link-down",
    confidence: "likely",
    text: `; the question came to ${placeOf(node, came.netns, came.device ?? "")}, and ${
      placeOfOwner(owner)
    }, which has ${hop}, is down`,
    evidence: [cameBy(hop, came), stateEvidence(node, `${placeOfOwner(owner)} is not UP`)],
    remedy: command(node, netns, ["ip", "link", "set", "dev", device(link.name), "up"]),
  };
}

/**
 * [R9] A host that takes a device down loses its addresses of IPv6, so that nobody is known to have the one that
 * was asked for. Null where somebody has it, where the question came to more hosts than one, or to one whose
 * device of that VLAN is up.
 */
export function refusedByDownVlan(
  subject: Case,
  hop: string,
  questions: readonly Sighting[],
  owners: readonly Owner[],
): Asked | null {
  if (owners.length > 0 || !hop.includes(":")) return null;
  const came = questions.filter(({ kind, node, netns }) =>
    kind === "device-rx" && (node !== subject.node || netns !== subject.netns)
  );
  const [first] = came;
  if (!first || first.vlan === undefined || first.tunnelKind !== undefined) return null;
  const isSame = ({ node, netns, ifindex, vlan }: Sighting) =>
    node === first.node && netns === first.netns && ifindex === first.ifindex &&
    vlan === first.vlan;
  if (!came.every(isSame)) return null;
  const [taking, ...others] = vlanDevicesFor(first, first.vlan);
  if (!taking || others.length > 0 || taking.link.flags.includes("UP")) return null;
  const { node } = first;
  const where = placeOf(node, taking.netns, taking.link.name);
  return {
    code: "link-down",
    confidence: "likely",
    text:
      `; the question came to ${
        placeOf(node, first.netns, first.device ?? "")
      } alone, and ${where}, ` +
      `the device of its VLAN ${first.vlan}, is down`,
    evidence: [cameBy(hop, first), stateEvidence(node, `${where} is not UP`)],
    remedy: command(node, taking.netns, [
      "ip",
      "link",
      "set",
      "dev",
      device(taking.link.name),
      "up",
    ]),
  };
}

const placeOfOwner = ({ node, netns, link }: Owner) => placeOf(node, netns, link.name);

const shown = ({ node, netns, link }: Owner) =>
  command(node, netns, ["ip", "-d", "link", "show", "dev", device(link.name)]);

/**
 * A tunnel device on the question's way had no other end for it, no tunnel carried a copy, and none was seen on a
 * node that has the address. Likely, because another way may have lost one, too.
 */
export function keptByTunnel(
  subject: Case,
  questions: readonly Sighting[],
  owners: readonly Owner[],
): Asked | null {
  const isAway = (event: Sighting) =>
    event.tunnelKind !== undefined ||
    owners.some(({ node }) => node === event.node && node !== subject.node);
  if (owners.length === 0 || questions.some(isAway)) return null;
  const free = questions.findLast((event) => {
    const link = linkOf(stateAt(event.node, event.netns, event.at), event.ifindex);
    return event.kind === "drop" && link?.tunnel !== undefined;
  });
  const came = free &&
    questions.findLast((event) =>
      event.kind === "device-rx" && event.node === free.node && event.netns === free.netns &&
      event.at <= free.at
    );
  const why = free && whyDied(subject, came ?? free, free);
  if (!free || why?.code !== "tunnel-no-endpoint") return null;
  return {
    ...why,
    confidence: "likely",
    text: `; the question died on its way: ${why.text}`,
    evidence: [
      {
        node: free.node.name,
        kind: "event",
        text: `the question was freed in ${free.function} (${free.reason ?? "no reason"})`,
      },
      ...why.evidence,
    ],
  };
}

/** A frame that went to a host which has not the address it was sent to, while another host has. */
import { linkOf, netnsName } from "../../view/state_view.ts";
import type { Case } from "../case.ts";
import { eventEvidence, placeOf, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { checked } from "../shared/checked.ts";
import { entryUsed, holdersOf, isNeighbour, type Used } from "../shared/entry_used.ts";
import { frameOf } from "../shared/frame.ts";

/**
 * The sender has a neighbour entry from before an address moved.
 *
 * What else looks like it: a router, which has the address that packets are sent to it by; a proxy
 * of ARP or neighbour discovery, which is no host of that network or says so by its setting; a switch
 * that floods, whose frames are addressed to another MAC; an address that several nodes have on a
 * loopback device; a bridge's or a bond's ports, which share the MAC of the one that has the address;
 * the same private network behind many hosts, which is no link of the sender's.
 */
export const frameToWrongNode: Rule = {
  id: "R66",
  statement:
    "Died on a host that the frame was addressed to, and that has not the next hop's address, " +
    "though it is of the very network the frame came by; another probed node has it there, with " +
    "another MAC: `frame-to-wrong-node`, with the sender's entry.",
  yields: ["frame-to-wrong-node"],
  judge(subject) {
    const { event } = subject;
    if (event.kind !== "drop" || event.tunnelKind !== undefined) return null;
    if (event.destination === undefined) return null;
    const frame = frameOf(subject);
    const mac = frame?.destinationMac;
    const own = linkOf(subject.before, frame?.ifindex, frame?.device);
    if (mac === undefined || own?.mac !== mac) return null;
    const used = entryUsed(subject, mac);
    if (!used || used.sender.node === subject.node && used.sender.netns === subject.netns) {
      return null;
    }
    if (!isNeighbour(subject, used.hop, own.name)) return null;
    const holders = holdersOf(subject, used);
    const [holder] = holders;
    const isHere = holders.some(({ node, netns }) =>
      node === subject.node && netns === subject.netns
    );
    if (!holder || isHere || holders.some(({ link }) => link.mac === mac)) return null;
    const { sender, hop } = used;
    const from = `${netnsName(sender.node, sender.netns)} on ${sender.node.name}`;
    const there = placeOf(holder.node, holder.netns, holder.link.name);
    const next = hop === event.destination ? "" : `, the next hop to ${event.destination},`;
    return cause(
      "frame-to-wrong-node",
      "proven",
      `${from} sent the packet for ${hop}${next} to ${mac}, which is ${
        placeOf(subject.node, subject.netns, own.name)
      } and has no such address; ${hop} is at ${there} (${holder.link.mac})`,
      [
        eventEvidence(subject, `frame addressed to ${mac}`),
        ...(used.text
          ? [stateEvidence(sender.node, `neighbour entry in ${from}: ${used.text}`)]
          : []),
        stateEvidence(
          subject.node,
          `no device in ${netnsName(subject.node, subject.netns)} has address ${hop}`,
        ),
        stateEvidence(holder.node, `${there} has ${hop} and MAC ${holder.link.mac}`),
      ],
      holders.length === 1 ? entryFix(subject, used, holder.link.mac!) : [],
    );
  },
};

/** An entry that was learned is forgotten, so that the kernel asks again; one that was set is set right. */
function entryFix(
  { world }: Case,
  { sender, hop, device, permanent }: Used,
  mac: string,
): string[] {
  const state = world.nodes.includes(sender.node)
    ? sender.node.states.get(sender.netns ?? -1)?.at(-1)?.state ?? null
    : null;
  return checked({
    ...{ node: sender.node, netns: sender.netns, state },
    changes: permanent
      ? [{ do: "set-neighbour", address: hop, device, mac }]
      : [{ do: "delete-neighbour", address: hop, device }],
    passes: ({ neighbours }) =>
      neighbours.every((entry) =>
        entry.address !== hop || entry.device !== device || entry.mac === undefined ||
        entry.mac === mac
      ),
  });
}

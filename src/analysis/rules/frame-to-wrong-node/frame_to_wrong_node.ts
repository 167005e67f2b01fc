/** A frame that went to a host which has not the address it was sent to, while another host has. */
import type { NetnsState } from "../../../event/state.ts";
import { isAnothersFrame } from "../../kernel/frees.ts";
import { netnsName } from "../../view/netns_names.ts";
import { holdersOfMac, lastState, linkOf, type Owner, ownsAddress } from "../../view/state_view.ts";
import type { Case } from "../case.ts";
import { eventEvidence, placeOf, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { checked, lookAt } from "../shared/checked.ts";
import { entryUsed, holdersOf, isNeighbour, type Used } from "../shared/entry_used.ts";
import { frameOf } from "../shared/frame.ts";

/**
 * The sender has a neighbour entry from before an address moved.
 *
 * What else looks like it: a router, which has the address that packets are sent to it by; a proxy
 * of ARP or neighbour discovery, which is no host of that network or says so by its setting; a switch
 * that floods, whose frames are addressed to a MAC that nobody or the right host has; an address that
 * several nodes have on a loopback device; a bridge's or a bond's ports, which share the MAC of the
 * one that has the address; the same private network behind many hosts, which is no link of the
 * sender's; another next hop, chosen by a policy rule or a mark, which the sender's entries have under
 * that MAC.
 */
export const frameToWrongNode: Rule = {
  id: "R66",
  statement:
    "Died on a host that the frame was addressed to, and that has not the next hop's address, " +
    "though it is of the very network the frame came by; another probed node has it there, with " +
    "another MAC: `frame-to-wrong-node`, with the sender's entry. So it is, too, where a switch " +
    "flooded the frame to the node that has the address, and that took it for another host's.",
  yields: ["frame-to-wrong-node"],
  judge(subject) {
    const { event } = subject;
    if (event.kind !== "drop" || event.tunnelKind !== undefined) return null;
    const mac = frameOf(subject)?.destinationMac;
    const used = mac === undefined ? null : entryUsed(subject, mac);
    if (mac === undefined || !used) return null;
    const wrong = wrongHost(subject, mac, used);
    if (!wrong) return null;
    const isWrong = (owner: Owner) => owner.node === wrong.node && owner.netns === wrong.netns;
    const holders = holdersOf(subject, used);
    const [holder] = holders;
    if (!holder || holders.some((each) => isWrong(each) || each.link.mac === mac)) return null;
    const { sender, hop } = used;
    const from = `${netnsName(sender.node, sender.netns)} on ${sender.node.name}`;
    const there = placeOf(holder.node, holder.netns, holder.link.name);
    const next = hop === event.destination ? "" : `, the next hop to ${event.destination},`;
    return cause(
      "frame-to-wrong-node",
      "proven",
      `${from} sent the packet for ${hop}${next} to ${mac}, which is ${
        placeOf(wrong.node, wrong.netns, wrong.link.name)
      } and has no such address; ${hop} is at ${there} (${holder.link.mac})`,
      [
        eventEvidence(subject, `frame addressed to ${mac}`),
        ...(used.text
          ? [stateEvidence(sender.node, `neighbour entry in ${from}: ${used.text}`)]
          : []),
        stateEvidence(
          wrong.node,
          `no device in ${netnsName(wrong.node, wrong.netns)} has address ${hop}`,
        ),
        stateEvidence(holder.node, `${there} has ${hop} and MAC ${holder.link.mac}`),
      ],
      holders.length === 1 ? remedy(subject, used, holder.link.mac!) : [],
    );
  },
};

type Host = Pick<Owner, "node" | "link"> & { netns: number | undefined };

/** The host that the frame was addressed to: where it died, or where else it was flooded from there. */
function wrongHost(subject: Case, mac: string, { sender, hop }: Used): Host | null {
  const { node, netns, before, after, event } = subject;
  const isSender = (host: Host) => host.node === sender.node && host.netns === sender.netns;
  const own = linkOf(before, frameOf(subject)?.ifindex, frameOf(subject)?.device);
  if (own?.mac === mac) {
    const host = { node, netns, link: own };
    return !isSender(host) && isNeighbour([before, after], hop, own.name) ? host : null;
  }
  if (!isAnothersFrame(event) || !ownsAddress(before, hop)) return null;
  const [host, ...more] = holdersOfMac(subject.world.network, mac);
  if (!host || more.length > 0 || isSender(host)) return null;
  // No two nodes' clocks are compared: it must not have had the address at any time.
  const readings = host.node.states.get(host.netns)?.map(({ state }) => state) ?? [];
  return isNeighbour(readings, hop, host.link.name) ? host : null;
}

/**
 * An entry that was learned is forgotten, so that the kernel asks again; one that was set is set right.
 * One that is gone by the last reading needs no command, and what made it wrong is still there.
 */
function remedy(
  { world }: Case,
  { sender: { node, netns }, hop, device, permanent }: Used,
  mac: string,
): string[] {
  const state = world.nodes.includes(node) ? lastState(node, netns) : null;
  const passes = ({ neighbours }: NetnsState) =>
    neighbours.every((entry) =>
      entry.address !== hop || entry.device !== device || entry.mac === undefined ||
      entry.mac === mac
    );
  if (state && passes(state)) {
    return lookAt(
      `${
        netnsName(node, netns)
      } on ${node.name} had no such entry any more when it was last read: ` +
        `what moves ${hop} has to announce it to its neighbours`,
    );
  }
  return checked({
    ...{ node, netns, state, passes },
    changes: permanent
      ? [{ do: "set-neighbour", address: hop, device, mac }]
      : [{ do: "delete-neighbour", address: hop, device }],
  });
}

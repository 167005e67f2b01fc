/** A frame that went to a host which answers ARP for a neighbour that is there itself. */
import { netnsName } from "../../view/netns_names.ts";

import { linkOf } from "../../view/state_view.ts";
import { command } from "../command.ts";
import { eventEvidence, placeOf, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { answersFor } from "../shared/proxy_arp.ts";
import { lookAt } from "../shared/checked.ts";
import { entryUsed, holdersOf } from "../shared/entry_used.ts";
import { receivedFrameOf } from "../shared/frame.ts";
import { address } from "../word.ts";

/**
 * With `proxy_arp` a host answers for each address that its routes lead to by another device. Where such a
 * route covers a part of the link itself, as that of a VPN or of pods does, it answers for neighbours, and
 * who hears it first sends to it.
 *
 * What else looks like it: a host that answers for who is behind it (nobody has that address on the link
 * then); an entry from before an address moved (R66: the host's own route leads to the link).
 */
export const proxiedNeighbour: Rule = {
  id: "R200",
  title: "A proxy of ARP for who is there itself",
  statement:
    "Died on a host that the frame was addressed to, which has not the next hop's address, answers ARP for " +
    "others (`proxy_arp` of `all` or the device), and has a route for that address by another device; another " +
    "probed node has the address on the sender's network, with another MAC: `frame-to-wrong-node`, proven.",
  yields: ["frame-to-wrong-node"],
  judge(subject) {
    const { event, node, netns, before } = subject;
    if (event.kind !== "drop" || event.tunnelKind !== undefined || before === null) return null;
    const frame = receivedFrameOf(subject);
    const mac = frame?.destinationMac;
    const own = linkOf(before, frame?.ifindex, frame?.device);
    const used = mac === undefined || own?.mac !== mac ? null : entryUsed(subject, mac);
    if (!own || !used || (used.sender.node === node && used.sender.netns === netns)) return null;
    const { sender, hop } = used;
    const answers = answersFor(before, own.name, hop);
    const holders = holdersOf(subject, used);
    const [holder] = holders;
    if (!answers || !holder || holders.some(({ link }) => link.mac === mac)) return null;
    const from = `${netnsName(sender.node, sender.netns)} on ${sender.node.name}`;
    const there = placeOf(holder.node, holder.netns, holder.link.name);
    const host = placeOf(node, netns, own.name);
    return cause(
      "frame-to-wrong-node",
      "proven",
      `${from} sent the packet for ${hop} to ${mac}, which is ${host}: it answers ARP for addresses that it ` +
        `has a route to by another device, and has one to ${hop}, which is on the link itself, at ${there} ` +
        `(${holder.link.mac})`,
      [
        eventEvidence(subject, `frame addressed to ${mac}`),
        ...(used.text
          ? [stateEvidence(sender.node, `neighbour entry in ${from}: ${used.text}`)]
          : []),
        stateEvidence(node, `${answers.setting} = 1`),
        stateEvidence(node, `route ${answers.route}`),
        stateEvidence(holder.node, `${there} has ${hop} and MAC ${holder.link.mac}`),
      ],
      [
        ...lookAt(
          `the route of ${host} must not cover addresses of the link, or proxy_arp must be off there`,
        ),
        ...command(node, netns, ["ip", "route", "get", address(hop)]),
      ],
    );
  },
};

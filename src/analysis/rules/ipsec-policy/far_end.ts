/** What a router put into a tunnel of IPsec, whose other end refuses what comes by it. */
import { isIpsecDrop, isRefusedByIpsecReceiver } from "../../kernel/sockets.ts";
import { concludedFrom, finding } from "../../view/finding.ts";
import { policyFor } from "../../view/ipsec.ts";
import { netnsName } from "../../view/netns_names.ts";
import { type Owner, ownersOf } from "../../view/state_view.ts";
import type { Sighting } from "../../view/timeline.ts";
import { command } from "../command.ts";
import { eventEvidence, packetText, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";

/** By their number in the IP header. */
const ESP = 50;
const AH = 51;

/** The tunnel that a policy asks for, as `ip xfrm policy` prints it. */
const TUNNEL = /\btmpl src (\S+) dst (\S+) proto (?:esp|ah)\b.*?\bmode tunnel\b/;

/**
 * Which packet is in what IPsec sends is not seen: the one was received and nothing came of it, and the
 * other is refused where the tunnel ends.
 *
 * What else looks like it: another packet of the same tunnel that was refused, while this one passed;
 * so nothing is said where the other end takes any of them.
 */
export const ipsecFarEnd: Rule = {
  id: "R208",
  title: "A tunnel of IPsec whose other end refuses",
  statement:
    "Last seen as it was received, and nothing tells what became of it; a policy of IPsec read there for what " +
    "is sent has both its ends and asks for a tunnel, whose other end is watched, refused packets of IPsec " +
    "from this end and took none: `ipsec-policy`, likely.",
  yields: ["ipsec-policy"],
  judge(subject) {
    const { event, node, netns, before, judgement, world } = subject;
    if (event.kind !== "device-rx" || judgement.gap?.code !== "held-silently" || !before) {
      return null;
    }
    const { source, destination } = event;
    if (source === undefined || destination === undefined) return null;
    const policy = policyFor(before, source, destination);
    const [, from, to] = TUNNEL.exec(policy ?? "") ?? [];
    if (policy === undefined || from === undefined || to === undefined) return null;
    for (const owner of ownersOf(world.network, to)) {
      const refused = refusedOnly(owner, from, to);
      if (refused === null) continue;
      return cause(
        "ipsec-policy",
        "likely",
        `IPsec of ${netnsName(node, netns)} on ${node.name} sends it by a tunnel to ${to}, which ${
          netnsName(owner.node, owner.netns)
        } on ${owner.node.name} has, and there IPsec refused what came by it`,
        [
          eventEvidence(subject),
          stateEvidence(node, policy),
          {
            node: owner.node.name,
            kind: "event",
            text: `${packetText(refused)} freed in ${refused.function}, as all of them that came`,
          },
        ],
        command(owner.node, owner.netns, ["ip", "xfrm", "state", "show", "nokeys"]),
      );
    }
    return null;
  },
};

/** A packet is refused so soon after it came in, ns. */
const REFUSAL_NS = 1e9;

/** The first packet of this tunnel that its end refused; null where it refused none, or not all. */
export const refusedOnly = ({ node, netns }: Owner, from: string, to: string): Sighting | null =>
  concludedFrom(node, ofIpsec, keyOf(netns, from, to), "refused", (seen) => {
    const refused = seen.filter(isRefusal);
    const isRefused = ({ skb, at }: Sighting) =>
      refused.some((other) => other.skb === skb && other.at >= at && other.at - at < REFUSAL_NS);
    const isAll = seen.every((event) => event.kind !== "device-rx" || isRefused(event));
    return isAll ? refused[0] ?? null : null;
  });

const isRefusal = (event: Sighting): boolean =>
  event.kind === "drop" && (isRefusedByIpsecReceiver(event) || isIpsecDrop(event));

const keyOf = (netns: number, from?: string, to?: string) => `${netns} ${from} ${to}`;

/** Packets of IPsec that came to a host, and those that it freed as a drop, by what IPsec put around them. */
const ofIpsec = finding(({ kind, netns, protocol, source, destination, tunnelKind }) => {
  if ((kind !== "drop" && kind !== "device-rx") || netns === undefined) return undefined;
  if (tunnelKind !== undefined || (protocol !== ESP && protocol !== AH)) return undefined;
  return keyOf(netns, source, destination);
});

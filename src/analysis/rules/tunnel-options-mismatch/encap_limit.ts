/** A tunnel of IPv6 whose packets may not be put into another one. */
import { isRefusedBySixSender } from "../../kernel/tunnels.ts";
import { command } from "../command.ts";
import { eventEvidence, place, placeOf, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { tunnelsOf } from "../shared/tunnel_devices.ts";
import { device } from "../word.ts";

/**
 * A tunnel of IPv6 writes into its packets in how many further tunnels they may be put, and the next one
 * sends an ICMPv6 error (parameter problem) instead when that is none.
 *
 * What else looks like it: a packet that is too large, or to which no way leads, so that the limit of the
 * device that made it must have been read to be 0. It may be on another node, which is not looked at.
 */
export const tunnelInTunnelLimit: Rule = {
  id: "R218",
  title: "A tunnel that allows no other around it",
  statement:
    "A packet of a tunnel of IPv6 was freed without a reason where another tunnel of IPv6 sends, and the only " +
    "device of this node with the packet's two ends has an encapsulation limit of 0: " +
    "`tunnel-options-mismatch`, likely.",
  yields: ["tunnel-options-mismatch"],
  judge(subject) {
    const { event, node, link } = subject;
    if (!isRefusedBySixSender(event) || event.tunnelKind === undefined) return null;
    const made = ["ip6tnl", "ip6gre", "ip6gretap"].flatMap((kind) => tunnelsOf(subject, kind))
      .filter(({ link: { tunnel } }) =>
        tunnel!.local === event.tunnelSource && tunnel!.remote === event.tunnelDestination
      );
    const [inner] = made;
    if (!inner || made.length > 1 || inner.link.tunnel!.encapLimit !== 0) return null;
    if (inner.link.ifindex === link?.ifindex && inner.netns === subject.netns) return null;
    return cause(
      "tunnel-options-mismatch",
      "likely",
      `${
        placeOf(node, inner.netns, inner.link.name)
      } allows its packets into no further tunnel (encaplimit 0), ` +
        `and ${place(subject)} is one`,
      [eventEvidence(subject), stateEvidence(node, `${inner.link.name} has encaplimit 0`)],
      command(node, inner.netns, ["ip", "-d", "link", "show", "dev", device(inner.link.name)]),
    );
  },
};

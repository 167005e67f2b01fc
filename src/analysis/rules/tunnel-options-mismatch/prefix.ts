/** IPv6 in IPv4 whose two senders do not belong together, by the prefix of the receiver's tunnel. */
import { isRefusedBySit } from "../../kernel/tunnels.ts";
import { command } from "../command.ts";
import { eventEvidence, placeOf, stateEvidence, wireSource } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { lastOuter } from "../shared/encapsulation.ts";
import { device } from "../word.ts";

/**
 * A tunnel for many ends (6rd, 6to4) takes the IPv4 address of an end from the IPv6 address inside, and
 * refuses what another IPv4 address sent (`packet_is_spoofed`, Linux 5.10 to 7.2).
 *
 * What else looks like it: a device with a remote, which does not compare: nothing is said then. The
 * prefix itself is not read.
 */
export const tunnelPrefixMismatch: Rule = {
  id: "R205",
  title: "A prefix of IPv6 in IPv4 that does not fit",
  statement:
    "Freed without a reason where the receiver of SIT has found its device, and that has no remote: its prefix " +
    "(6rd, 6to4) does not make the inner source one of the outer source: `tunnel-options-mismatch`, likely.",
  yields: ["tunnel-options-mismatch"],
  judge(subject) {
    const { event, node, netns, link } = subject;
    if (!isRefusedBySit(event) || link?.kind !== "sit" || !link.tunnel) return null;
    if (link.tunnel.remote !== undefined) return null;
    const outer = event.tunnelKind ? event : lastOuter(subject);
    if (!outer) return null;
    const inner = event.source ?? wireSource(event);
    return cause(
      "tunnel-options-mismatch",
      "likely",
      `${
        placeOf(node, netns, link.name)
      } refused what ${outer.tunnelSource} sent: by the prefix of that ` +
        `tunnel (6rd, 6to4) ${inner} is not behind ${outer.tunnelSource}`,
      [eventEvidence(subject), stateEvidence(node, `${link.name}: sit without a remote`)],
      command(node, netns, ["ip", "-d", "link", "show", "dev", device(link.name)]),
    );
  },
};

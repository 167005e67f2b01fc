/** A policy or state of IPsec that refused the packet. */
import { isIpsecDrop } from "../../kernel/sockets.ts";
import { netnsName } from "../../view/netns_names.ts";
import { command } from "../command.ts";
import { stateEvidence } from "../evidence.ts";
import { namedReason } from "../shared/named_reason.ts";

/** Policies to show, of what may be thousands. */
const POLICIES_SHOWN = 5;

/** A policy or state of IPsec refused it. */
export const ipsecPolicy = namedReason({
  code: "ipsec-policy",
  holds: isIpsecDrop,
  says: (subject) =>
    `an IPsec policy or state of ${
      netnsName(subject.node, subject.netns)
    } on ${subject.node.name} refused it`,
  read: (subject) =>
    (subject.before?.xfrm ?? []).filter((text) => !text.startsWith("stat "))
      .slice(0, POLICIES_SHOWN).map((text) => stateEvidence(subject.node, text)),
  remedy: (subject) => command(subject.node, subject.netns, ["ip", "xfrm", "policy"]),
});

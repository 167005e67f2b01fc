/** A policy or state of IPsec that refused the packet. */
import { isIpsecDrop } from "../../kernel/sockets.ts";
import { netnsName } from "../../view/netns_names.ts";
import { command } from "../command.ts";
import { stateEvidence } from "../evidence.ts";
import type { Case } from "../case.ts";
import { namedReason } from "../shared/named_reason.ts";
import { risen } from "../shared/xfrm_counters.ts";

/** Policies to show, of what may be thousands. */
const POLICIES_SHOWN = 5;

/** What the kernel says by a counter of /proc/net/xfrm_stat when a policy refuses. */
const MEANINGS: Readonly<Record<string, string>> = {
  XfrmInTmplMismatch: "it did not come by the IPsec that the policy wants",
  XfrmInPolBlock: "the policy blocks it",
  XfrmInNoPols: "it came by a tunnel of IPsec, and no policy lets in what comes so",
  XfrmInStateMismatch: "the state that it came by is for other packets (its selector)",
  XfrmOutPolBlock: "the policy blocks it",
  XfrmOutNoStates: "there is no state for what its policy asks",
};

/** The one counter that rose around it, which is its own; null where several did. */
function counted({ before, after }: Case): string | null {
  const rose = before && after
    ? [...risen(before, after, "XfrmIn"), ...risen(before, after, "XfrmOut")]
    : [];
  return rose.length === 1 && rose[0]! in MEANINGS ? rose[0]! : null;
}

/** A policy or state of IPsec refused it. */
export const ipsecPolicy = namedReason({
  code: "ipsec-policy",
  holds: isIpsecDrop,
  says: (subject) => {
    const why = MEANINGS[counted(subject) ?? ""];
    return `an IPsec policy or state of ${
      netnsName(subject.node, subject.netns)
    } on ${subject.node.name} refused it${why === undefined ? "" : `: ${why}`}`;
  },
  read: (subject) => [
    ...[counted(subject)].filter((name) => name !== null)
      .map((name) => stateEvidence(subject.node, `xfrm_stat: ${name} rose`)),
    ...(subject.before?.xfrm ?? []).filter((text) => !text.startsWith("stat "))
      .slice(0, POLICIES_SHOWN).map((text) => stateEvidence(subject.node, text)),
  ],
  remedy: (subject) => command(subject.node, subject.netns, ["ip", "xfrm", "policy"]),
});

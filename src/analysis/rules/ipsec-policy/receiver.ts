/** What IPsec refuses of the packets that came for it, and of those that it is to send. */
import { isRefusedByIpsecReceiver, isRefusedByIpsecSender } from "../../kernel/sockets.ts";
import { command } from "../command.ts";
import { eventEvidence, place, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { risen } from "../shared/xfrm_counters.ts";

/** What the kernel says by a counter of /proc/net/xfrm_stat. */
const MEANINGS: Readonly<Record<string, string>> = {
  XfrmInNoStates: "there is no state for its SPI, address and protocol",
  XfrmInStateProtoError: "it did not pass its check or could not be decrypted, as with another key",
  XfrmInStateModeError: "its state has another mode",
  XfrmInStateSeqError: "its sequence number came before, or is too old for the replay window",
  XfrmInStateExpired: "its state has expired",
  XfrmInStateMismatch: "its state has another encapsulation",
  XfrmInStateInvalid: "its state is not valid any more",
  // A device of IPsec (vti, xfrm) asks its policies while it takes the packet.
  XfrmInNoPols: "no policy lets in what comes so",
  XfrmInTmplMismatch: "it did not come by the IPsec that the policy wants",
  XfrmInPolBlock: "the policy blocks it",
  XfrmInHdrError: "its header can't be read",
  XfrmOutStateExpired: "its state has expired, or has sent as much as it may",
  XfrmOutStateInvalid: "its state is not valid any more",
  XfrmOutStateSeqError: "its state has no sequence numbers left",
  XfrmOutStateProtoError: "it could not be encrypted",
  XfrmOutStateModeError: "its state has another mode",
  XfrmOutNoStates: "there is no state for what its policy asks",
};

const STATES_SHOWN = 4;

/**
 * The state of IPsec refused it.
 *
 * What else looks like it: nothing else is freed there; a policy that refuses frees elsewhere, with a
 * reason (R13). Which check failed is the counter's word alone, and not told where two rose.
 */
export const ipsecReceiver: Rule = {
  id: "R112",
  title: "What IPsec refuses of what it receives and sends",
  statement:
    "Freed without a reason by the function that takes the packets of IPsec, or by the one that makes " +
    "them: `ipsec-policy`, proven. " +
    "Where one counter of xfrm_stat alone rose between the states before and after, the sentence says " +
    "which check failed.",
  yields: ["ipsec-policy"],
  judge(subject) {
    const { event, node, netns, before, after } = subject;
    const isSent = isRefusedByIpsecSender(event);
    if (!isSent && (event.tunnelKind !== undefined || !isRefusedByIpsecReceiver(event))) {
      return null;
    }
    const rose = before && after ? risen(before, after, isSent ? "XfrmOut" : "XfrmIn") : [];
    const why = rose.length === 1 ? MEANINGS[rose[0]!] : undefined;
    return cause(
      "ipsec-policy",
      "proven",
      `IPsec at ${place(subject)} refused it${why === undefined ? "" : `: ${why}`}`,
      [
        eventEvidence(subject),
        ...rose.map((name) => stateEvidence(node, `xfrm_stat: ${name} rose`)),
        ...(before?.xfrm ?? []).filter((text) => /\bspi\b/.test(text)).slice(0, STATES_SHOWN)
          .map((text) => stateEvidence(node, text)),
      ],
      command(node, netns, ["ip", "xfrm", "state", "show", "nokeys"]),
    );
  },
};

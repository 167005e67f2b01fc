/** What a device of IPsec was handed, and no policy of it takes. */
import { isRefusedByIpsecDevice } from "../../kernel/refusing_devices.ts";
import { policiesOfDevice } from "../../view/ipsec.ts";
import { command } from "../command.ts";
import { eventEvidence, placeOf, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { device as deviceWord } from "../word.ts";
import { risen } from "../shared/xfrm_counters.ts";

/** Policies to show, of what may be thousands. */
const SHOWN_MAX = 5;

/**
 * A device of kind xfrm sends only what a policy with its own id asks to be encrypted.
 *
 * What else looks like it: a state that is missing, which a counter tells; a way that leads back into
 * the device itself, where the policies are right. Of that nothing is said here.
 */
export const deviceWithoutPolicy: Rule = {
  id: "R202",
  title: "A device of IPsec without a policy",
  statement:
    "Freed as a drop by the transmit function of a device of kind `xfrm`: `ipsec-policy`. Proven where the " +
    "device's `if_id` was read and no policy read for what is sent has it and both ends of the packet, or where " +
    "`XfrmOutNoStates` alone rose between the states before and after: then a policy has no state.",
  yields: ["ipsec-policy"],
  judge(subject) {
    const { event, node, netns, before, after, link } = subject;
    if (!isRefusedByIpsecDevice(event) || link?.kind !== "xfrm" || !before) return null;
    const { source, destination } = event;
    if (source === undefined || destination === undefined) return null;
    const place = placeOf(node, netns, link.name);
    const counted = after ? risen(before, after, "XfrmOut") : [];
    if (counted.length === 1 && counted[0] === "XfrmOutNoStates") {
      return cause(
        "ipsec-policy",
        "proven",
        `a policy of IPsec takes what ${place} is to send from ${source} to ${destination}, and there was ` +
          "no state for it",
        [eventEvidence(subject), stateEvidence(node, "xfrm_stat: XfrmOutNoStates rose")],
        command(node, netns, ["ip", "xfrm", "state", "show", "nokeys"]),
      );
    }
    const id = link.ipsecId;
    if (id === undefined) return null;
    const { own, others } = policiesOfDevice(before, id, { source, destination });
    if (own.length > 0) return null;
    const hex = `0x${id.toString(16)}`;
    return cause(
      "ipsec-policy",
      "proven",
      `no policy of IPsec takes what ${place} is to send from ${source} to ${destination}: none that was ` +
        `read is about them and has the device's if_id, ${hex}`,
      [
        eventEvidence(subject),
        stateEvidence(node, `${link.name} has if_id ${hex}`),
        ...others.slice(0, SHOWN_MAX).map((text) => stateEvidence(node, text)),
      ],
      [
        ...command(node, netns, ["ip", "-d", "link", "show", "dev", deviceWord(link.name)]),
        ...command(node, netns, ["ip", "xfrm", "policy"]),
      ],
    );
  },
};

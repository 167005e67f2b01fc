/** What a vti received, and no policy of its key lets in. */
import { isRefusedByIpsecReceiver } from "../../kernel/sockets.ts";
import type { NetnsState } from "../../../event/state.ts";
import { policiesOfMark } from "../../view/ipsec.ts";
import { lookUpRoute } from "../../view/routing.ts";
import { linkNamed } from "../../view/table_index.ts";
import { command } from "../command.ts";
import { eventEvidence, placeOf, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { device as deviceWord } from "../word.ts";
import { receivedIdOf } from "../shared/tunnel_devices.ts";
import { isCountedByNone, risen } from "../shared/xfrm_counters.ts";

/** Policies to show, of what may be thousands. */
const SHOWN_MAX = 5;
/** What is not decrypted yet. */
const ENCRYPTED: readonly (number | undefined)[] = [50, 51];

/**
 * A vti marks what was decrypted for it with its `ikey`, and asks the policies with that mark.
 *
 * What else looks like it: a policy that blocks, or that asks for other states (`XfrmInTmplMismatch`). Those
 * are policies of that mark; where one is, nothing is said here.
 */
export const vtiWithoutPolicy: Rule = {
  id: "R226",
  title: "A vti whose key no policy has",
  statement:
    "Freed by the function that takes the packets of IPsec, decrypted; a route leads back to its source by a vti " +
    "with a key for what it receives (`ikey`), and no policy read for what is received that is about the packet has " +
    "that key as its mark: `ipsec-policy`, likely; proven where `XfrmInNoPols` alone rose between the states " +
    "before and after; nothing where they are counted and none rose.",
  yields: ["ipsec-policy"],
  judge(subject) {
    const { event, node, netns, before, after } = subject;
    if (event.tunnelKind !== undefined || !isRefusedByIpsecReceiver(event) || !before) return null;
    const { source, destination, protocol } = event;
    if (source === undefined || destination === undefined || ENCRYPTED.includes(protocol)) {
      return null;
    }
    const vti = vtiTo(before, source);
    const key = vti && receivedIdOf(vti);
    if (!vti || key === undefined) return null;
    const counted = after ? risen(before, after, "XfrmIn") : [];
    if (counted.some((name) => name !== "XfrmInNoPols")) return null;
    // Where the kernel counts and counted nothing, no policy refused it.
    if (after && isCountedByNone(before, after, "XfrmIn")) return null;
    const { own, others } = policiesOfMark(before, key, { source, destination });
    if (own.length > 0) return null;
    const hex = `0x${key.toString(16)}`;
    return cause(
      "ipsec-policy",
      counted.length === 1 ? "proven" : "likely",
      `no policy of IPsec lets in what ${
        placeOf(node, netns, vti.name)
      } receives from ${source} to ` +
        `${destination}: none that was read is about them and has the device's ikey, ${hex}, as its mark`,
      [
        eventEvidence(subject),
        ...counted.map((name) => stateEvidence(node, `xfrm_stat: ${name} rose`)),
        stateEvidence(node, `${vti.name} has ikey ${hex}`),
        ...others.slice(0, SHOWN_MAX).map((text) => stateEvidence(node, text)),
      ],
      [
        ...command(node, netns, ["ip", "-d", "link", "show", "dev", deviceWord(vti.name)]),
        ...command(node, netns, ["ip", "xfrm", "policy"]),
      ],
    );
  },
};

/** The vti by which answers go back: the outer ends, by which the kernel finds it, are not told any more. */
function vtiTo(state: NetnsState, source: string) {
  const name = lookUpRoute(state, { destination: source }).route?.device;
  const link = name === undefined ? undefined : linkNamed(state, name);
  return link?.kind === "vti" || link?.kind === "vti6" ? link : undefined;
}

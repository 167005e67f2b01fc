/** What IPsec decrypted for a device that takes nothing. */
import type { Link, NetnsState } from "../../../event/state.ts";
import { isIpsecDrop } from "../../kernel/sockets.ts";
import { idsOfPolicies } from "../../view/ipsec.ts";
import { linkOf, ownsAddress } from "../../view/state_view.ts";
import { command } from "../command.ts";
import { eventEvidence, placeOf, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { checked } from "../shared/checked.ts";
import { isCountedByNone, risen } from "../shared/xfrm_counters.ts";

/**
 * A device of kind xfrm that is down is not found for what was decrypted with its `if_id`, which then goes on
 * without one, and no policy of that id is asked for it.
 *
 * What else looks like it: a packet that came by a state without an `if_id`, of another tunnel; where there is
 * one, nothing is said. What came in the clear is let in where no policy is about it.
 */
export const ipsecDeviceDown: Rule = {
  id: "R227",
  title: "A device of IPsec that is down or missing where packets are received",
  statement:
    "The kernel says that IPsec refused a packet (XFRM_POLICY), on a device that is not of kind `xfrm`; all policies " +
    "read for what is received that are about it, and all states, have an `if_id`, and no device that is up has that " +
    "of the policies: `ipsec-policy`, likely; proven where `XfrmInNoPols` alone rose between the states before and after; " +
    "nothing where they are counted and none rose.",
  yields: ["ipsec-policy"],
  judge(subject) {
    const { event, node, netns, before, after, link } = subject;
    if (event.tunnelKind !== undefined || !isIpsecDrop(event)) return null;
    if (!before || !link || link.kind === "xfrm") return null;
    const { source, destination } = event;
    if (source === undefined || destination === undefined) return null;
    const direction = ownsAddress(before, destination) ? "in" : "fwd";
    const ids = idsOfPolicies(before, direction, { source, destination });
    const [id] = ids;
    if (id === undefined || ids.length > 1 || id === 0 || hasStateWithoutId(before)) return null;
    const counted = after ? risen(before, after, "XfrmIn") : [];
    if (counted.some((name) => name !== "XfrmInNoPols")) return null;
    // Where the kernel counts and counted nothing, no policy refused it.
    if (after && isCountedByNone(before, after, "XfrmIn")) return null;
    const devices = before.links.filter(({ kind, ipsecId }) => kind === "xfrm" && ipsecId === id);
    const [down] = devices;
    if (devices.some((one) => isUp(one) || isUp(linkOf(after, one.ifindex)))) return null;
    const hex = `0x${id.toString(16)}`;
    const where = down && placeOf(node, netns, down.name);
    return cause(
      "ipsec-policy",
      counted.length === 1 ? "proven" : "likely",
      `${
        where === undefined
          ? `no device takes what IPsec decrypts for if_id ${hex}`
          : `${where}, which takes what IPsec decrypts for if_id ${hex}, is down`
      }: without it the policies of that id do not let in what comes from ${source} to ${destination}`,
      [
        eventEvidence(subject),
        ...counted.map((name) => stateEvidence(node, `xfrm_stat: ${name} rose`)),
        stateEvidence(
          node,
          where === undefined ? `no device has if_id ${hex}` : `${where} is not UP`,
        ),
      ],
      down === undefined
        ? command(node, netns, ["ip", "-d", "link", "show", "type", "xfrm"])
        : checked({
          ...{ node, netns, state: before },
          changes: [{ do: "set-up", device: down.name }],
          passes: (state) => isUp(linkOf(state, down.ifindex)),
        }),
    );
  },
};

const isUp = (link: Link | undefined): boolean => link?.flags.includes("UP") ?? false;

const hasStateWithoutId = ({ xfrm }: NetnsState): boolean =>
  xfrm.some((text) => /\bproto \S+ spi\b/.test(text) && !/\bif_id\b/.test(text));

/** A policy of IPsec that refused what came, on a kernel that does not say that one did. */
import type { Event } from "../../../event/event.ts";
import type { NetnsState } from "../../../event/state.ts";
import { untoldPolicyCheck } from "../../kernel/ipsec.ts";
import { policiesAbout, type PolicyDirection } from "../../view/ipsec.ts";
import { netnsName } from "../../view/netns_names.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { eventEvidence, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { risen } from "../shared/xfrm_counters.ts";

/** What the kernel counts when a policy refuses: which policies do so, and what that means. */
const REFUSALS: Readonly<Record<string, { asks: RegExp; why: string }>> = {
  XfrmInTmplMismatch: {
    asks: /\btmpl\b/,
    why: "it wants IPsec, and the packet did not come by it",
  },
  XfrmInPolBlock: { asks: /\baction block\b/, why: "it blocks" },
};

/** The kernel's counter of what came out of a tunnel of IPsec and is in no policy. */
const NO_POLICY = "XfrmInNoPols";

/**
 * The same functions free what has a wrong checksum, what a socket's filter refuses, what no socket takes.
 * None of these counts there; but another packet may have been counted, so that it is never proven.
 */
export const ipsecUntold: Rule = {
  id: "R182",
  title: "A policy of IPsec, where the kernel gives no reason",
  statement:
    "Freed, without a reason, in a function that asks the policies of IPsec for what is received, " +
    "or forwarded: `ipsec-policy`, likely, where a policy read of that direction is about the packet, and the " +
    "counter of xfrm_stat for what such a policy refuses (`XfrmInTmplMismatch`, `XfrmInPolBlock`) rose between " +
    "the states before and after; or none is about it, a state of IPsec is one of a tunnel, and " +
    "`XfrmInNoPols` rose. Where a state says that such UDP carries ESP, that no socket hands it to IPsec.",
  yields: ["ipsec-policy"],
  judge(subject) {
    const { event, node, netns, before, after } = subject;
    const direction = untoldPolicyCheck(event);
    if (direction === null || event.tunnelKind !== undefined || !before || !after) return null;
    const found = refusalOf(subject, direction, before, risen(before, after, "XfrmIn"));
    if (found === null) return null;
    const { counter, policy, why } = found;
    const host = `${netnsName(node, netns)} on ${node.name}`;
    return cause(
      "ipsec-policy",
      "likely",
      policy === undefined
        ? `it came by a tunnel of IPsec, and no policy of ${host} lets in what comes so`
        : `a policy of IPsec of ${host} refused it: ${
          carriesEsp(event, before)
            ? "it carries ESP in UDP, and no socket of a key daemon there hands that to IPsec, so that it was " +
              "taken for a packet in the clear"
            : why
        }`,
      [
        eventEvidence(subject),
        stateEvidence(node, `xfrm_stat: ${counter} rose`),
        ...(policy === undefined ? [] : [stateEvidence(node, policy)]),
      ],
      command(node, netns, ["ip", "xfrm", "policy"]),
    );
  },
};

/** By a state as read, a packet of UDP between these ends carries ESP (behind a NAT, RFC 3948). */
const carriesEsp = (
  { source, destination, sourcePort, destinationPort }: Event,
  { xfrm }: NetnsState,
) =>
  xfrm.some((text) =>
    text.startsWith(`src ${source} dst ${destination} `) &&
    text.includes(` encap type espinudp sport ${sourcePort} dport ${destinationPort} `)
  );

/** What counted, and the policy that asks for it; null where no counter and policy go together. */
function refusalOf(
  { event }: Case,
  direction: PolicyDirection,
  before: NetnsState,
  rose: readonly string[],
): { counter: string; policy?: string; why?: string } | null {
  const { source, destination, protocol, sourcePort, destinationPort } = event;
  if (source === undefined || destination === undefined) return null;
  const packet = { source, destination, protocol, sourcePort, destinationPort };
  const about = policiesAbout(before, direction, packet);
  for (const counter of rose) {
    const refusal = REFUSALS[counter];
    const policy = refusal && about.find((text) => refusal.asks.test(text));
    if (policy !== undefined) return { counter, policy, why: refusal!.why };
  }
  const mayTunnel = before.xfrm.some((text) => /\bspi\b.*\bmode tunnel\b/.test(text));
  return about.length === 0 && mayTunnel && rose.includes(NO_POLICY)
    ? { counter: NO_POLICY }
    : null;
}

/** A rule that would have led the packet elsewhere, and was not asked. */
import { endPoint } from "../../../event/end_point.ts";
import type { Evidence } from "../../../event/report.ts";
import type { NetfilterRule, NetnsState } from "../../../event/state.ts";
import { conntrackForm } from "../../correlate/identity.ts";
import { headersOf } from "../../netfilter/hook_packet.ts";
import { translationsOf } from "../../netfilter/translations.ts";
import { ruleText, toolText } from "../../netfilter/words.ts";
import { netnsName } from "../../view/netns_names.ts";
import { isIncomplete } from "../../view/state_view.ts";
import type { Case } from "../case.ts";
import { stateEvidence } from "../evidence.ts";

/** Rules that are shown. */
const SHOWN_MAX = 2;

/**
 * The packet came to the port itself, though a rule of NAT that was read before translates what is
 * sent there: it may be for another device, or the packet is kept from connection tracking, without
 * which there is no NAT. Both are only shown: that nothing listens stays true. Null where no such rule
 * is known, and where the packet was translated.
 */
export function untranslated(subject: Case): { text: string; evidence: Evidence[] } | null {
  const { event, before, node } = subject;
  if (!before || isIncomplete(before, ["netfilter", "iptables-legacy", "chains", "sets"])) {
    return null;
  }
  const began = conntrackForm(event);
  const isTurned = began !== null &&
    (began.destination !== event.destination || began.destinationPort !== event.destinationPort);
  if (isTurned) return null;
  const rules = (translationsOf(before, headersOf(event)) ?? []).filter(({ address, port }) =>
    address !== event.destination || (port ?? event.destinationPort) !== event.destinationPort
  );
  const [first] = rules;
  if (!first) return null;
  const shown = (rule: NetfilterRule): Evidence =>
    stateEvidence(
      node,
      `${netnsName(node, subject.netns)}: ${
        toolText(rule.tool, rule.family)
      }: ${rule.family} table ${rule.table} chain ${rule.chain}: ${ruleText(rule)}`,
    );
  const to = endPoint(first.address, first.port ?? event.destinationPort);
  return {
    text:
      `; a rule there leads what is sent to this port to ${to}, and did not translate this packet`,
    evidence: [...rules.map(({ rule }) => rule), ...untracking(before)].slice(0, 2 * SHOWN_MAX)
      .map(shown),
  };
}

/** Rules that keep packets from connection tracking. */
const untracking = ({ netfilter }: NetnsState): NetfilterRule[] =>
  netfilter.filter(({ text }) => /\bnotrack\b/i.test(text)).slice(0, SHOWN_MAX);

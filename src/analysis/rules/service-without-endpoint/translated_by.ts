/** Which rule, of which backend, made a service's packet what it was: or that none read there did. */
import { endPoint } from "../../../event/end_point.ts";
import type { Evidence } from "../../../event/report.ts";
import type { NetnsState } from "../../../event/state.ts";
import { formOf } from "../../correlate/identity.ts";
import { headersOf } from "../../netfilter/hook_packet.ts";
import { type Translation, translationsOf } from "../../netfilter/translations.ts";
import { ruleText, toolText } from "../../netfilter/words.ts";
import { netnsName } from "../../view/netns_names.ts";
import { isIncomplete, stateAt } from "../../view/state_view.ts";
import type { Sighting } from "../../view/timeline.ts";
import type { Case } from "../case.ts";
import { stateEvidence } from "../evidence.ts";

/** What the rules of the place that translated the packet say of it. */
export interface TranslatedBy {
  /** ` by iptables-legacy`, and what other rules would have made of it; "" when none is known. */
  text: string;
  /** A rule as read makes this translation. */
  isMade: boolean;
  evidence: Evidence[];
}

const SHOWN_MAX = 3;

/**
 * Compares the packet's translation as seen with the rules where it was translated, as they were read by
 * then unless another reading of that place is given.
 */
export function translatedBy(
  subject: Case,
  service: { address: string; port?: number },
  read?: NetnsState,
): TranslatedBy {
  const none: TranslatedBy = { text: "", isMade: false, evidence: [] };
  const { event } = subject;
  const place = translatedAt(subject);
  const state = read ?? (place && stateAt(place.node, place.netns, place.at));
  if (!place || !state) return none;
  const before = {
    ...headersOf(event),
    destination: service.address,
    destinationPort: service.port,
  };
  const all = translationsOf(state, before);
  if (!all || isIncomplete(state, ["state", "netfilter", "iptables-legacy", "chains"])) return none;
  const isIt = ({ address, port }: Translation) =>
    address === event.destination && (port ?? service.port) === event.destinationPort;
  const made = all.filter(isIt);
  const others = all.filter((each) => !isIt(each));
  const where = `${netnsName(place.node, place.netns)}: `;
  const evidence = [...made, ...others].slice(0, SHOWN_MAX).map(({ rule }) =>
    stateEvidence(
      place.node,
      `${where}${
        tool(rule)
      }: ${rule.family} table ${rule.table} chain ${rule.chain} rule ${rule.position}: ${
        ruleText(rule)
      }`,
    )
  );
  return { text: textOf(made, others), isMade: made.length > 0, evidence };
}

const tool = ({ tool, family }: Translation["rule"]) => toolText(tool, family);

function textOf(made: readonly Translation[], others: readonly Translation[]): string {
  const leads = (list: readonly Translation[]) =>
    `${toolsOf(list)} leads to ${
      [...new Set(list.map(targetText))].slice(0, SHOWN_MAX).join(", ")
    }`;
  if (made.length === 0) {
    // A translation that no rule makes any more is remembered by connection tracking.
    return others.length === 0 ? "" : `, although the rules as read differ (${leads(others)})`;
  }
  const foreign = others.filter(({ rule }) => !made.some((each) => tool(each.rule) === tool(rule)));
  return ` by ${toolsOf(made)}${foreign.length === 0 ? "" : ` (while ${leads(foreign)})`}`;
}

const toolsOf = (list: readonly Translation[]) =>
  [...new Set(list.map(({ rule }) => tool(rule)))].join(" and ");

const targetText = ({ address, port }: Translation): string => endPoint(address, port);

/** The first sighting with the destination that the packet ended with. */
export function translatedAt({ judgement, event }: Case): Sighting | undefined {
  return judgement.steps.map((step) => step.event).find((other) =>
    other.tunnelKind === undefined && formOf(other).destination === event.destination
  );
}

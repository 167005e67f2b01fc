/** All rules, the most specific first: the first that answers gives the cause. */
import type { Cause } from "../../event/report.ts";
import { forwardingRules } from "./forwarding.ts";
import { linkRules } from "./link.ts";
import { netfilterRules } from "./netfilter.ts";
import { queueRules } from "./queue.ts";
import { linkOf } from "../view/state_view.ts";
import { type Case, type Rule, stateEvidence } from "./rule.ts";
import { serviceRules } from "./service.ts";
import { silenceRules, unexplained } from "./silence.ts";
import { sizeRules } from "./size.ts";
import { socketRules } from "./socket.ts";
import { tunnelRules } from "./tunnel.ts";
import { echoNotAnswered, unansweredRules } from "./unanswered.ts";
import { sentToWrongHost } from "./wrong_host.ts";

export const RULES: readonly Rule[] = [
  ...serviceRules,
  ...tunnelRules,
  ...netfilterRules,
  ...linkRules,
  sentToWrongHost,
  ...forwardingRules,
  ...sizeRules,
  ...queueRules,
  ...socketRules,
  ...silenceRules,
  echoNotAnswered,
  unexplained,
];

export function causeOf(found: Case): Cause | null {
  const { end, outcome } = found.judgement;
  // How a copy ended explains nothing of the packet.
  if (end.kind === "routine" || (end.kind === "flooded" && outcome !== "dropped")) return null;
  const cause = first(RULES, found);
  return cause?.code === "unexplained" ? changedSince(found) ?? cause : cause;
}

/** What was read before the packet died may be older than what it died of: then what was read next. */
function changedSince(found: Case): Cause | null {
  const { after, ifindex, device } = found;
  if (!after || after === found.before) return null;
  const later = first(RULES, { ...found, before: after, link: linkOf(after, ifindex, device) });
  if (!later || later.code === "unexplained") return null;
  const text = "so read after the packet had died; what was read before does not explain it";
  const evidence = [...later.evidence, stateEvidence(found.node, text)];
  return { ...later, confidence: "likely", evidence };
}

/** Why a request that arrived was never answered. */
export function silenceOf(found: Case): Cause | null {
  return first(unansweredRules, found);
}

function first(rules: readonly Rule[], found: Case): Cause | null {
  for (const rule of rules) {
    const cause = rule.judge(found);
    if (cause) return { ...cause, rule: rule.id };
  }
  return null;
}

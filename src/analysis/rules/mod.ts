/** From a case to its cause: rules are asked in the order of `order.ts`. */
import type { Cause } from "../../event/report.ts";
import { linkOf } from "../view/state_view.ts";
import type { Case } from "./case.ts";
import { stateEvidence } from "./evidence.ts";
import { ROUTINE_RULES, RULES, UNANSWERED_RULES } from "./order.ts";
import type { Rule } from "./rule.ts";

const causes = new WeakMap<Case, Cause | null>();

/** Why a packet ended badly; null when no rule says so, or how its copy ended explains nothing. */
export function causeOf(subject: Case): Cause | null {
  let cause = causes.get(subject);
  if (cause === undefined) causes.set(subject, cause = findCause(subject));
  return cause;
}

function findCause(subject: Case): Cause | null {
  const { end, outcome } = subject.judgement;
  // Such an end is mostly a copy's, and explains nothing of the packet.
  if (end.kind === "routine") return first(ROUTINE_RULES, subject);
  if (end.kind === "flooded" && outcome !== "dropped") return null;
  const cause = first(RULES, subject);
  return cause?.code === "unexplained" ? changedSince(subject) ?? cause : cause;
}

/**
 * The state read before the packet died may be older than the change that it died of. Then the next
 * reading is asked, and what it says is likely at most.
 */
function changedSince(subject: Case): Cause | null {
  const { after, ifindex, device } = subject;
  if (!after || after === subject.before) return null;
  const later = first(RULES, { ...subject, before: after, link: linkOf(after, ifindex, device) });
  if (!later || later.code === "unexplained") return null;
  const text = "so read after the packet had died; what was read before does not explain it";
  const evidence = [...later.evidence, stateEvidence(subject.node, text)];
  return { ...later, confidence: "likely", evidence };
}

/** Why a request that arrived was never answered; null when no rule says so. */
export function silenceOf(subject: Case): Cause | null {
  return first(UNANSWERED_RULES, subject);
}

function first(rules: readonly Rule[], subject: Case): Cause | null {
  for (const rule of rules) {
    const cause = rule.judge(subject);
    if (cause) return { ...cause, rule: rule.id };
  }
  return null;
}

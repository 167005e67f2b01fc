/** A rule that hands packets to a program of an NFQUEUE, as a finding names it. */
import type { Evidence } from "../../../event/report.ts";
import type { NetnsState } from "../../../event/state.ts";
import type { Suspect } from "../../netfilter/candidates.ts";
import { type Around, snapshotsAround } from "../../netfilter/counters.ts";
import { takenBy } from "../../netfilter/queued.ts";
import { ruleEvidence, suspectText } from "../../netfilter/words.ts";
import { gapsOf } from "../../view/state_view.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { eventEvidence } from "../evidence.ts";

/** What is said of such a rule. */
export interface HandedOn {
  /** The rule, as a sentence begins with it. */
  rule: string;
  /** How many packets it took meanwhile, as a sentence ends with it; empty where it counts none. */
  counted: string;
  evidence: Evidence[];
  remedy: string[];
}

/** The rule that `find` names in the reading around the packet; null: none, or the rules were not all read. */
export function handedOn(
  subject: Case,
  find: (subject: Case, state: NetnsState, around: Around) => Suspect | null,
): HandedOn | null {
  const { event, node, netns } = subject;
  const around = snapshotsAround(node, netns, event.at);
  const state = around.after?.state ?? around.before?.state;
  if (state === undefined) return null;
  if (gapsOf(state, ["state", "netfilter", "iptables-legacy", "chains", "sets"]).length > 0) {
    return null;
  }
  const rule = find(subject, state, around);
  if (rule === null) return null;
  const taken = takenBy(rule, around);
  return {
    rule: suspectText(rule),
    counted: taken === null ? "" : `; it took ${taken} meanwhile`,
    evidence: [eventEvidence(subject), ruleEvidence(subject, rule.rule!, around)],
    remedy: command(node, netns, ["cat", "/proc/net/netfilter/nfnetlink_queue"]),
  };
}

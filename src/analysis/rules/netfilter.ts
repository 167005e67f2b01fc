/** Deaths in netfilter: a rule, a policy, connection tracking. */
import { isNetfilterDrop } from "../netfilter/death.ts";
import { cause, eventEvidence, place, type Rule } from "./rule.ts";

export const refused: Rule = {
  id: "N7",
  title: "netfilter dropped it, and which rule did can't be told",
  judge(found) {
    if (!isNetfilterDrop(found.event)) return null;
    return cause(
      "netfilter-drop",
      "proven",
      `netfilter dropped it at ${place(found)}; which rule did can't be told`,
      [eventEvidence(found)],
    );
  },
};

export const netfilterRules: Rule[] = [refused];

/** A firewall that dropped the packet by a rule that can't be told. */
import { isNetfilterDrop } from "../../kernel/netfilter.ts";
import { untold } from "../../netfilter/explain.ts";
import type { Rule } from "../rule.ts";
import { onlyVirtualServiceRefuses } from "../shared/virtual_services.ts";

/** Netfilter dropped it, and which rule did can't be told. */
export const refused: Rule = {
  id: "N7",
  title: "Which rule can't be told",
  statement:
    "`netfilter-drop`, `netfilter-reject` when an answer was seen or only rejecting rules are " +
    "left, or `tunnel-blocked` for an outer packet; proven as such, without a rule. The rules " +
    "were not read, or not all of them; or several can have done it; or none of those read " +
    "fits what is known, then those that refuse anything are told. The first five are in the " +
    "evidence. Says nothing where no rule refuses anything and IPVS has a service for the packet.",
  yields: ["netfilter-drop", "netfilter-reject", "tunnel-blocked"],
  judge: (subject) =>
    isNetfilterDrop(subject.event) && !onlyVirtualServiceRefuses(subject) ? untold(subject) : null,
};

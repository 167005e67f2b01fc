/** A rule that the kernel was seen to come to, where state can't tell more of it. */
import { isNetfilterDrop } from "../../kernel/netfilter.ts";
import { toldAlone } from "../../netfilter/explain.ts";
import type { Rule } from "../rule.ts";

/** A rule that was seen at work dropped it, and was not read. */
export const toldByKernel: Rule = {
  id: "R135",
  title: "The rule that the kernel came to",
  statement:
    "`netfilter-drop`, or `tunnel-blocked` for an outer packet; proven. The kernel was seen " +
    "to come to a rule of nft that drops this packet (script `netfilter`) right before it freed it. The " +
    "rule is the one read that has that family, table, chain and handle, or place where it has no " +
    "handle, and N2 to N6 say of it what it is; proven unless the rules were changed around that time " +
    "and it is not the same before. This rule answers where it was not read. What could look like it: " +
    "another packet in the same skb, so addresses, ports and numbers are compared, and it must be no " +
    "more than 100 ms later.",
  yields: ["netfilter-drop", "tunnel-blocked"],
  judge: (subject) => isNetfilterDrop(subject.event) ? toldAlone(subject) : null,
};

/** What one rule does to one packet: yes, no, or not decidable from what is known. */
import type { NetfilterRule } from "../../event/state.ts";
import type { Effect, Verdict } from "./effect.ts";
import { iptablesEffect } from "./iptables_rule.ts";
import { nftEffect, nftVerdicts } from "./nft_rule.ts";
import type { Traveller } from "./traveller.ts";

export function evaluate(
  rule: NetfilterRule,
  at: Traveller,
  isChain: (name: string) => boolean,
): Effect {
  // Rules of iptables' own kind read better in its words: nft shows its extensions as "xt".
  if (rule.tool !== "nft") {
    if (rule.text.endsWith("…")) return { match: "unknown", verdicts: [{ do: "unknown" }] };
    return iptablesEffect(rule.text, at, isChain);
  }
  // A rule too long to travel came without its expressions.
  if (rule.expressions === undefined) return { match: "unknown", verdicts: [{ do: "unknown" }] };
  return nftEffect(rule.expressions, at, rule);
}

/** Whatever a rule may do to any packet, its match not asked. */
export function possibleVerdicts(
  rule: NetfilterRule,
  at: Traveller,
  isChain: (name: string) => boolean,
): Verdict[] {
  if (rule.tool === "nft" && rule.expressions) return nftVerdicts(rule.expressions, at, rule);
  return evaluate(rule, at, isChain).verdicts;
}

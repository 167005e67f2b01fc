/** What one rule does to one packet: yes, no, or not decidable from what is known. */
import type { NetfilterRule } from "../../event/state.ts";
import { anyMark, applyMark, type Effect, NO_MATCH, type Verdict } from "./effect.ts";
import { elides } from "./elided.ts";
import { iptablesEffect, iptablesVerdicts } from "./iptables_rule.ts";
import { nftEffect, nftVerdicts } from "./nft_rule.ts";
import type { Traveller } from "./traveller.ts";

/**
 * What the rule does to this packet. `isChain` tells a jump to a chain from a target of the same
 * form. A change of the mark is made to `at`.
 */
export function evaluate(
  rule: NetfilterRule,
  at: Traveller,
  isChain: (name: string) => boolean,
): Effect {
  if (rule.elided) return elidedEffect(rule.elided, at);
  if (isCut(rule)) return { match: "unknown", verdicts: [{ do: "unknown" }] };
  // Rules of iptables' own kind read better in its words: nft shows its extensions as "xt".
  if (rule.tool !== "nft") return iptablesEffect(rule.text, at, isChain);
  return nftEffect(rule.expressions!, at, rule);
}

/** Whatever a rule may do to any packet, its match not asked. */
export function possibleVerdicts(
  rule: NetfilterRule,
  at: Traveller,
  isChain: (name: string) => boolean,
): Verdict[] {
  if (rule.elided) return elidedVerdicts(rule.elided);
  if (isCut(rule)) return [{ do: "unknown" }];
  if (rule.tool !== "nft") return iptablesVerdicts(rule.text, isChain);
  return nftVerdicts(rule.expressions!, at, rule);
}

type Elided = NonNullable<NetfilterRule["elided"]>;

/** Rules that the probe left out can match nothing but packets to their destinations. */
function elidedEffect(elided: Elided, at: Traveller): Effect {
  const { destination } = at.headers;
  if (destination !== undefined && !elides({ addresses: elided.destinations }, destination)) {
    return NO_MATCH;
  }
  applyMark(at, "unknown", anyMark);
  return { match: "unknown", verdicts: elidedVerdicts(elided) };
}

const elidedVerdicts = ({ refuses }: Elided): Verdict[] =>
  refuses ? [{ do: "unknown" }] : [{ do: "accept" }, { do: "return" }];

/** Too long to travel: its text ends early, or its expressions were left out. */
function isCut({ tool, text, expressions }: NetfilterRule): boolean {
  return tool === "nft" ? expressions === undefined : text.endsWith("…");
}

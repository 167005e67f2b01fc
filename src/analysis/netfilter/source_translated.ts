/** Whether the rules of NAT may translate a packet's source, if it began a connection. */
import type { NetfilterRule, NetnsState } from "../../event/state.ts";
import { evaluate } from "./evaluate.ts";
import type { Headers } from "./hook_packet.ts";
import { chainOfRule, type Ruleset, rulesetOf } from "./ruleset.ts";
import type { Traveller } from "./traveller.ts";

const TRANSLATES = /\b(?:masquerade|snat|netmap)\b/i;

/** By the list of rules: there are thousands, of which few translate. */
const translating = new WeakMap<readonly NetfilterRule[], readonly NetfilterRule[]>();

function translatingIn({ netfilter }: NetnsState): readonly NetfilterRule[] {
  const known = translating.get(netfilter);
  if (known) return known;
  const own = netfilter.filter(({ text }) => TRANSLATES.test(text));
  translating.set(netfilter, own);
  return own;
}

/**
 * True where some rule that translates sources does not leave this packet out by what it asks itself; by which
 * device it would leave, and which chain leads to the rule, is not asked.
 */
export function maySourceBeTranslated(state: NetnsState, headers: Headers): boolean {
  const ruleset = rulesetOf(state);
  const at = travellerOf(ruleset, headers);
  const family = headers.network === "ip6" ? "ip6" : "ip";
  return translatingIn(state).some((rule) =>
    (rule.family === family || rule.family === "inet") &&
    evaluate(rule, at, (name) => ruleset.isChain({ ...chainOfRule(rule), name })).match !== "no"
  );
}

const travellerOf = ({ state, set }: Ruleset, headers: Headers): Traveller => ({
  ...{ headers, layer: "ip", hook: "postrouting", mark: { value: 0, known: 0 }, state, set },
  ...{ input: undefined, output: undefined, portInput: undefined, portOutput: undefined },
  ...{ ctState: "new", ctStatus: undefined, ctDirection: undefined },
});

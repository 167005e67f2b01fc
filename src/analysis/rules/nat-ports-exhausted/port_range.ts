/** Which ports a rule of source translation allows. */
import type { NetfilterRule, NetnsState } from "../../../event/state.ts";
import { evaluate } from "../../netfilter/evaluate.ts";
import type { Headers, HookDevice } from "../../netfilter/hook_packet.ts";
import { iptablesWords } from "../../netfilter/iptables_words.ts";
import { chainOfRule, rulesetOf } from "../../netfilter/ruleset.ts";

/** A rule of source translation with the ports it allows. */
export interface PortRange {
  rule: NetfilterRule;
  /** Number of the lowest port. */
  first: number;
  /** Number of the highest port. */
  last: number;
}

/** A packet as the rules of source translation met it. */
export interface Untranslated {
  /** With the source it had before. */
  headers: Headers;
  output: HookDevice;
}

/** `A:first-last`, `[A]:first-last`, `:port`: the address of IPv6 has brackets where a port follows. */
const NFT_PORTS =
  /\b(?:snat|masquerade)\b.*?(?:\]|\bto |(?:\d+\.){3}\d+):(\d+)(?:-(\d+))?(?=[\s,]|$)/;
const IPTABLES_PORTS = /(?:^|\]:|\d:)(\d+)(?:-(\d+))?$/;

/** The ports that a rule gives to what it translates; null: it translates no source, or names none. */
export function portsOf(rule: NetfilterRule): PortRange | null {
  const [, first, last = first] =
    (rule.tool === "nft" ? NFT_PORTS.exec(rule.text) : iptablesPorts(rule.text)) ?? [];
  return first === undefined ? null : { rule, first: Number(first), last: Number(last) };
}

function iptablesPorts(text: string): RegExpExecArray | null {
  const { target, targetOptions } = iptablesWords(text);
  const option = target === "MASQUERADE" ? "to-ports" : target === "SNAT" ? "to-source" : null;
  const to = targetOptions.find((each) => each.option === option)?.values[0];
  // A source without a port ends in digits, too.
  if (to === undefined || (option === "to-source" && !/[\].\d]:\d+(-\d+)?$/.test(to))) return null;
  if (option === "to-source" && !to.startsWith("[") && to.split(":").length > 2) return null;
  return IPTABLES_PORTS.exec(to);
}

/** Rules that can have given the packet this port, out of those they name. */
export function rangesWith(state: NetnsState, at: Untranslated, port: number): PortRange[] {
  const ruleset = rulesetOf(state);
  return state.netfilter.flatMap((rule) => {
    const range = portsOf(rule);
    if (!range || port < range.first || port > range.last) return [];
    const isChain = (name: string) => ruleset.isChain({ ...chainOfRule(rule), name });
    const mark = { value: 0, known: 0 };
    const { match } = evaluate(rule, {
      ...{ headers: at.headers, layer: "ip", hook: "postrouting", mark, state, set: ruleset.set },
      ...{ input: undefined, output: at.output, portInput: undefined, portOutput: undefined },
      ...{ ctState: "new", ctStatus: undefined, ctDirection: undefined },
    }, isChain);
    return match === "no" ? [] : [range];
  });
}

/** The same rule with other ports; null where its text can't be written anew. */
export function withPorts({ rule, first, last }: PortRange, ports: string): NetfilterRule | null {
  const old = first === last ? `${first}` : `${first}-${last}`;
  const text = rule.text.replace(/\bcounter packets \d+ bytes \d+/g, "counter");
  const parts = text.split(new RegExp(`(?<=[: ])${old}(?=\\s|$)`));
  // More than one place: which of them are the ports is not certain.
  if (parts.length !== 2) return null;
  const { expressions: _, handle: __, packets: ___, bytes: ____, ...rest } = rule;
  return { ...rest, text: parts.join(ports) };
}

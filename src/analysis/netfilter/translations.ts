/** To what the rules of NAT translate a packet's destination, as they were read. */
import type { NetfilterRule, NetnsState } from "../../event/state.ts";
import { isJson } from "./json.ts";
import { elides } from "./elided.ts";
import { evaluate } from "./evaluate.ts";
import type { Headers } from "./hook_packet.ts";
import { iptablesWords } from "./iptables_words.ts";
import { metBy } from "./rule_index.ts";
import { type ChainName, chainOfRule, type Ruleset, rulesetOf } from "./ruleset.ts";
import type { Traveller } from "./traveller.ts";

/** A rule that may translate the packet, and to what. */
export interface Translation {
  rule: NetfilterRule;
  address: string;
  /** Absent: the port stays. */
  port?: number;
}

const RULES_MAX = 100_000;
const DEPTH_MAX = 16;

/**
 * Every translation of the destination that a packet with these headers, new to connection
 * tracking, may get at its first hook, by nft's rules and by those of iptables-legacy. Several: one
 * of them by chance, or more than one backend has rules for it. Null: not all rules are known.
 */
export function translationsOf(state: NetnsState, headers: Headers): Translation[] | null {
  const ruleset = rulesetOf(state);
  const walk: Walk = { ruleset, left: RULES_MAX, found: [], open: false };
  for (const { chain, legacy } of ruleset.bases) {
    const begins = chain.hook === "prerouting" || chain.hook === "output";
    if (chain.type !== "nat" || !begins) continue;
    const at = travellerOf(ruleset, headers, chain.hook!);
    follow(walk, { ...chain, legacy: legacy === true }, at, 0);
  }
  if (walk.open || walk.left < 0) return null;
  return walk.found.filter((each, i) => walk.found.findIndex((o) => o.rule === each.rule) === i);
}

interface Walk {
  ruleset: Ruleset;
  left: number;
  /** Rules that the probe left out may translate it, too. */
  open: boolean;
  found: Translation[];
}

function travellerOf({ state, set }: Ruleset, headers: Headers, hook: string): Traveller {
  const mark = { value: 0, known: 0 };
  return {
    ...{ headers, layer: "ip", hook, mark, state, set, ctState: "new" },
    ...{ input: undefined, output: undefined, portInput: undefined, portOutput: undefined },
    ...{ ctStatus: undefined, ctDirection: undefined },
  };
}

/** False when the packet can't come back from the chain. */
function follow(walk: Walk, name: ChainName, at: Traveller, depth: number): boolean {
  if (depth > DEPTH_MAX) return true;
  for (const rule of metBy(walk.ruleset.rules(name), at.headers)) {
    if (walk.left-- <= 0) return true;
    const isChain = (chain: string) => walk.ruleset.isChain({ ...chainOfRule(rule), name: chain });
    const { match, verdicts } = evaluate(rule, at, isChain);
    if (match === "no") continue;
    walk.open ||= rule.elided !== undefined || looksIntoElided(rule, at);
    const target = targetOf(rule);
    if (target) walk.found.push(target);
    // To which of a range, or of a map's entries, can't be told: then not all ends are known.
    else walk.open ||= translatesDestination(rule);
    const on = verdicts.map((verdict) => {
      if (verdict.do !== "jump" && verdict.do !== "goto") return verdict.do === "unknown";
      const back = follow(walk, { ...chainOfRule(rule), name: verdict.chain }, at, depth + 1);
      return verdict.do === "jump" && back;
    });
    if (match === "yes" && on.length > 0 && !on.includes(true)) {
      return verdicts.some((verdict) => verdict.do === "return");
    }
  }
  return true;
}

/** It looks into a map of which the probe left out what may be for this packet. */
function looksIntoElided({ family, table, expressions }: NetfilterRule, at: Traveller): boolean {
  return (expressions ?? []).some((each) => {
    const data = isJson(each) && isJson(each.vmap) ? each.vmap.data : null;
    const elided = typeof data === "string"
      ? at.set(family, table, data.replace(/^@/, ""))?.elided
      : undefined;
    const { destination } = at.headers;
    return elided !== undefined && (destination === undefined || elides(elided, destination));
  });
}

/** The one address that the rule translates to; null where it is none, a range, or a map's. */
function targetOf(rule: NetfilterRule): Translation | null {
  const told = rule.tool === "nft" ? nftTarget(rule) : iptablesTarget(rule.text);
  return told && /^[0-9a-f.:]+$/i.test(told.address) ? { rule, ...told } : null;
}

function translatesDestination({ tool, text, expressions }: NetfilterRule): boolean {
  if (tool !== "nft") return /^(DNAT|REDIRECT|NETMAP)$/.test(iptablesWords(text).target ?? "");
  return (expressions ?? []).some((each) =>
    typeof each === "object" && each !== null && ("dnat" in each || "redirect" in each)
  );
}

function iptablesTarget(text: string): Omit<Translation, "rule"> | null {
  const { target, targetOptions } = iptablesWords(text);
  const to = targetOptions.find(({ option }) => option === "to-destination")?.values[0];
  if (target !== "DNAT" || to === undefined) return null;
  const parts = /^\[([^\]]+)\](?::(\d+))?$/.exec(to) ?? /^([\d.]+)(?::(\d+))?$/.exec(to);
  return parts ? withPort(parts[1]!, parts[2]) : { address: to };
}

function nftTarget({ expressions }: NetfilterRule): Omit<Translation, "rule"> | null {
  const dnat = (expressions ?? []).find((each) => isJson(each) && isJson(each.dnat));
  const body = isJson(dnat) && isJson(dnat.dnat) ? dnat.dnat : null;
  if (typeof body?.addr !== "string") return null;
  return withPort(body.addr, typeof body.port === "number" ? String(body.port) : undefined);
}

const withPort = (address: string, port: string | undefined) =>
  port === undefined ? { address } : { address, port: Number(port) };

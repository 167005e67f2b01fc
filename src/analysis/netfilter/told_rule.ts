/** What the kernel was seen to do: the rule of nft it came to (R135), the chain it was in (R137, R150). */
import type { NetfilterChain, NetfilterRule } from "../../event/state.ts";
import { invariants } from "../correlate/identity.ts";
import { isRefusedByLegacyTable, isRefusedByNft } from "../kernel/netfilter.ts";
import type { Case } from "../rules/case.ts";
import { concludedFrom, finding } from "../view/finding.ts";
import type { Sighting } from "../view/timeline.ts";

/** The names of a chain, as the kernel told them. */
export interface ToldChain {
  family: string;
  table: string;
  chain: string;
  /** It is a built-in chain of iptables-legacy. */
  legacy?: true;
}

/** What the kernel told of the rule; its chain may be one that others lead to. */
export interface ToldRule extends ToldChain {
  /** Id that the kernel gave it, the only one in its table. */
  handle: number;
  /** Its place inside its chain, from 1. */
  position: number;
}

/** The kernel drops what came to such a rule at once, unless its processor is taken away meanwhile. */
const DROPPED_NS = 100e6;

const rulesBySkb = finding((event) => event.kind === "rule" ? event.skb : undefined);

/**
 * The rule that this dropped packet came to right before; null where none was seen. An skb's memory may
 * be another packet's soon after, so it must be the same packet.
 */
export function toldRule({ node, event }: Case): ToldRule | null {
  const { at, skb } = event;
  if (event.kind !== "drop" || skb === undefined) return null;
  const same = invariants(event);
  const seen = concludedFrom(
    node,
    rulesBySkb,
    skb,
    `rule before ${at} ${same} ${event.source} ${event.destination}`,
    (rules) =>
      rules.findLast((other) =>
        other.at <= at && at - other.at < DROPPED_NS && isSame(other, event)
      ),
  );
  const { ruleFamily, ruleTable, ruleChain, ruleHandle, rulePosition } = seen ?? {};
  if (
    ruleFamily === undefined || ruleTable === undefined || ruleChain === undefined ||
    ruleHandle === undefined || rulePosition === undefined
  ) return null;
  return {
    family: ruleFamily,
    table: ruleTable,
    chain: ruleChain,
    handle: ruleHandle,
    position: rulePosition,
  };
}

/** Nothing changes a packet between the rule and its death. */
const isSame = (a: Sighting, b: Sighting): boolean =>
  invariants(a) === invariants(b) && a.source === b.source && a.destination === b.destination &&
  a.sourcePort === b.sourcePort && a.destinationPort === b.destinationPort &&
  a.tunnelDestination === b.tunnelDestination;

/** The kernel's names are cut after so many characters. */
const NAME_MAX = 63;

const isNamed = (told: string, name: string): boolean =>
  told.length < NAME_MAX ? told === name : name.startsWith(told);

/**
 * [R137] [R150] The hooked chain in which nft freed the packet, or that was seen to refuse it right before;
 * null elsewhere: what other functions free may have left the chain before.
 */
export function toldChain({ event }: Case): ToldChain | null {
  const { ruleFamily: family, ruleTable: table, ruleChain: chain } = event;
  if (event.kind !== "drop") return null;
  const legacy = isRefusedByLegacyTable(event);
  if (!legacy && !isRefusedByNft(event)) return null;
  if (family === undefined || table === undefined || chain === undefined) return null;
  return { family, table, chain, ...(legacy && { legacy }) };
}

/** Whether a chain as read is the one that was told. */
export const isToldChain = (
  told: ToldChain,
  { family, table, name }: Pick<NetfilterChain, "family" | "table" | "name">,
): boolean => family === told.family && isNamed(told.table, table) && isNamed(told.chain, name);

/** Whether a rule as read is the one that was told. */
export function isTold(told: ToldRule, rule: NetfilterRule): boolean {
  return rule.tool !== "iptables-legacy" && rule.elided === undefined &&
    isToldChain(told, { ...rule, name: rule.chain }) &&
    (rule.handle === undefined ? rule.position === told.position : rule.handle === told.handle);
}

/** `chain fw (inet table shop)`. */
export const toldChainText = ({ family, table, chain, legacy }: ToldChain): string =>
  `chain ${chain} (${family} table ${table}${legacy ? " of iptables-legacy" : ""})`;

/** `rule 3 (handle 7) of chain fw (inet table shop)`. */
export const toldText = (told: ToldRule): string =>
  `rule ${told.position} (handle ${told.handle}) of ${toldChainText(told)}`;

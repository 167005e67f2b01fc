/** Lines about the rule of nft that drops a packet (`bpf/netfilter.bt`), and its chain (`bpf/lib/chain.bt`). */
import type { Event } from "../../event/event.ts";
import { RULE, RULE_CHAIN } from "./lines.ts";

/** Families of tables by number (`NFPROTO_*`), as nft names them. */
const FAMILIES: Record<string, string> = {
  1: "inet",
  2: "ip",
  3: "arp",
  5: "netdev",
  7: "bridge",
  10: "ip6",
};

/** As long as bpftrace gives a name: 63 bytes, and what was longer is cut. */
const NAME_MAX = 64;

/** A name is the last of its line, and may have a tab in it. */
const nameFrom = (fields: string[], at: number): string =>
  fields.slice(at).join("\t").slice(0, NAME_MAX);

/** Adds which rule it is, or of which table where no rule is told. Throws RangeError when the line is cut. */
export function addRule(event: Event, fields: string[]): void {
  const family = FAMILIES[fields[RULE.family] ?? ""];
  const [handle, position] = [Number(fields[RULE.handle]), Number(fields[RULE.position])];
  if (fields.length < RULE.count || family === undefined || !(handle >= 0) || !(position >= 0)) {
    throw new RangeError("tells no rule");
  }
  event.ruleFamily = family;
  event.ruleTable = nameFrom(fields, RULE.table);
  if (handle > 0) event.ruleHandle = handle;
  if (position > 0) event.rulePosition = position;
}

/** Adds which chain the rule is in. Throws RangeError when the line is cut. */
export function addRuleChain(event: Event, fields: string[]): void {
  if (fields.length < RULE_CHAIN.count) throw new RangeError("is cut");
  event.ruleChain = nameFrom(fields, RULE_CHAIN.chain);
}

/** Lines about the rule, chain or part of netfilter that dropped a packet (`bpf/netfilter.bt`, `bpf/refused_*.bt`). */
import type { Event } from "../../event/event.ts";
import { REFUSER, RULE, RULE_CHAIN } from "./lines.ts";

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

/** Hooks of IP by number (`NF_INET_*`), as iptables names its built-in chains. */
const HOOKS = ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"];

/** Parts of the kernel by the number that the scripts give them: function, and iptables' family. */
const PARTS: Record<string, { name: string; family?: string }> = {
  1: { name: "ipt_do_table", family: "ip" },
  2: { name: "ip6t_do_table", family: "ip6" },
  3: { name: "nft_do_chain" },
  4: { name: "nf_conntrack_in" },
  5: { name: "tcf_classify" },
};

/** For a hook's number: connection tracking was to enter the connection. */
const ENTERING = "255";

/** Adds which part of the kernel refused it. Throws RangeError when the line is cut, or tells none. */
export function addRefuser(event: Event, fields: string[]): void {
  const part = PARTS[fields[REFUSER.part] ?? ""];
  const hook = fields[REFUSER.hook];
  if (part === undefined || hook === undefined) throw new RangeError("tells no part");
  const { name, family } = part;
  event.refusedBy = hook === ENTERING ? "__nf_conntrack_confirm" : name;
  if (family === undefined) return;
  const chain = HOOKS[Number(hook)];
  if (chain === undefined || fields.length < REFUSER.count) throw new RangeError("tells no table");
  event.ruleFamily = family;
  event.ruleTable = nameFrom(fields, REFUSER.table);
  event.ruleChain = chain;
}

/**
 * Rules and chains from the text of `iptables-save -c`, and how they are joined with nft's rows.
 */
import type { NetfilterChain, NetfilterRule } from "../../event/state.ts";
import { clip } from "./bounds.ts";
import type { Netfilter } from "./nft_json.ts";

type Tool = "iptables" | "iptables-legacy";

/** What one `iptables-save` printed. */
export interface SavedTables {
  chains: NetfilterChain[];
  rules: NetfilterRule[];
}

/** Hook priorities of the kernel's legacy tables, by table and hook. */
const PRIORITY: Record<string, number> = { raw: -300, mangle: -150, filter: 0, security: 50 };
const NAT_PRIORITY: Record<string, number> = {
  prerouting: -100,
  output: -100,
  input: 100,
  postrouting: 100,
};
const RULE = /^(?:\[(\d+):(\d+)\] )?-A (\S+)(?: (.*))?$/;
const CHAIN = /^:(\S+) (\S+) \[/;

/** Chains and rules of `iptables-save -c` (1.8) of one family, in its order. */
export function savedTables(text: string, family: "ip" | "ip6", tool: Tool): SavedTables {
  const out: SavedTables = { chains: [], rules: [] };
  const positions = new Map<string, number>();
  let table = "";
  for (const line of text.split("\n")) {
    if (line.startsWith("*")) table = clip(line.slice(1).trim(), 255);
    const chain = CHAIN.exec(line);
    if (chain) out.chains.push({ ...chainRow(chain, family, table), backend: backendOf(tool) });
    const rule = RULE.exec(line);
    if (!rule) continue;
    const name = rule[3] ?? "";
    const position = (positions.get(`${table} ${name}`) ?? 0) + 1;
    positions.set(`${table} ${name}`, position);
    const comment = commentOf(rule[4] ?? "");
    out.rules.push({
      family,
      table,
      chain: clip(name, 255),
      position,
      text: clip(line.replace(/^\[\d+:\d+\] /, ""), 4000),
      tool,
      ...(rule[1] === undefined ? {} : { packets: Number(rule[1]), bytes: Number(rule[2]) }),
      ...(comment === undefined ? {} : { comment: clip(comment, 300) }),
    });
  }
  return out;
}

function chainRow(chain: RegExpExecArray, family: "ip" | "ip6", table: string): NetfilterChain {
  const [, name = "", policy = "-"] = chain;
  const row = { family, table, name: clip(name, 255) };
  if (policy === "-") return row;
  const hook = name.toLowerCase();
  const priority = table === "nat" ? NAT_PRIORITY[hook] : PRIORITY[table];
  return {
    ...row,
    type: table === "nat" ? "nat" : "filter",
    hook,
    ...(priority === undefined ? {} : { priority }),
    policy: policy.toLowerCase(),
  };
}

const backendOf = (tool: Tool) => tool === "iptables-legacy" ? tool : "nft";

function commentOf(text: string): string | undefined {
  const found = /--comment (?:"((?:[^"\\]|\\.)*)"|(\S+))/.exec(text);
  return found?.[1]?.replace(/\\(.)/g, "$1") ?? found?.[2];
}

/**
 * The rows of nft. Rules of a table that iptables-nft made get the text that iptables-nft-save has
 * for them. A table counts as made by iptables when iptables-nft-save prints exactly the rules that
 * nft lists, chain by chain; other tables stay as nft prints them.
 */
export function withIptables(nft: Netfilter, saved: SavedTables): Netfilter {
  const tables = groups(saved.rules, tableKey);
  const nftTables = groups(nft.rules, tableKey);
  const ours = new Set<string>();
  for (const [key, rules] of tables) {
    if (sameShape(nftTables.get(key) ?? [], rules)) ours.add(key);
  }
  const written = new Map(saved.rules.map((rule) => [ruleKey(rule), rule]));
  const rules = nft.rules.map((rule) => {
    const own = ours.has(tableKey(rule)) ? written.get(ruleKey(rule)) : undefined;
    if (!own) return rule;
    // Its text says all that nft's expressions do, and they are most of a large state.
    return { ...own, handle: rule.handle };
  });
  return { ...nft, rules };
}

function tableKey(row: { family: string; table: string }): string {
  return `${row.family} ${row.table}`;
}

function ruleKey(rule: NetfilterRule): string {
  return `${tableKey(rule)} ${rule.chain} ${rule.position}`;
}

function groups<T>(rows: readonly T[], key: (row: T) => string): Map<string, T[]> {
  const out = new Map<string, T[]>();
  for (const row of rows) {
    const group = out.get(key(row));
    if (group) group.push(row);
    else out.set(key(row), [row]);
  }
  return out;
}

/** Same chains with the same number of rules, and a counter in each, as iptables-nft makes them. */
function sameShape(nft: readonly NetfilterRule[], saved: readonly NetfilterRule[]): boolean {
  if (nft.length !== saved.length || nft.some((rule) => rule.packets === undefined)) return false;
  const keys = new Set(nft.map(ruleKey));
  return saved.every((rule) => keys.has(ruleKey(rule)));
}

/** Rules of nft, in the words of iptables where iptables made them, and of iptables-legacy. */
import type { Gaps } from "./bounds.ts";
import { savedTables, withIptables } from "./iptables.ts";
import { failure, jsonRows } from "./section_rows.ts";
import { type Netfilter, nftRuleset } from "./nft_json.ts";
import { nftText } from "./nft_text.ts";
import type { Section, Sections } from "./sections.ts";

/** Chains, rules and sets of all tables that were read; what is missing is a gap. */
export function readNetfilter(sections: Sections, gaps: Gaps): Netfilter {
  let out: Netfilter = { chains: [], rules: [], sets: [] };
  const tables = sections.get("tables");
  if (tables && tables.status !== 0) {
    gaps.add("netfilter", tables.stdout.trim() || failure(tables));
  }
  if (sections.has("nft-json")) {
    const items = nftItems(sections.get("nft-json"), gaps);
    out = nftRuleset(items, nftText(sections.get("nft-text")?.stdout ?? ""), gaps);
  }
  for (const [name, family] of [["iptables4", "ip"], ["iptables6", "ip6"]] as const) {
    const section = sections.get(name);
    if (section) out = withIptables(out, savedTables(section.stdout, family, "iptables"));
  }
  for (const [name, family] of [["legacy4", "ip"], ["legacy6", "ip6"]] as const) {
    const section = sections.get(name);
    if (!section) continue;
    if (section.status !== 0) gaps.add(`iptables-legacy ${family}`, failure(section));
    const legacy = savedTables(section.stdout, family, "iptables-legacy");
    out.chains.push(...legacy.chains);
    out.rules.push(...legacy.rules);
  }
  return out;
}

/** nft wraps its list in an object; one cut short can only be mended without the wrapping. */
function nftItems(section: Section | undefined, gaps: Gaps): unknown[] {
  if (!section) return jsonRows(section, "netfilter", gaps);
  const list = section.stdout.trim().replace(/^\{\s*"nftables"\s*:\s*/, "").replace(/\}$/, "");
  return jsonRows({ ...section, stdout: list }, "netfilter", gaps);
}

/** Rules of nft, in the words of iptables where iptables made them, and of iptables-legacy. */
import type { Gaps } from "./bounds.ts";
import { type SavedTables, savedTables, withIptables } from "./iptables.ts";
import { readIpsets } from "./ipset.ts";
import { failure, jsonRows } from "./section_rows.ts";
import { type Netfilter, nftRuleset } from "./nft_json.ts";
import { nftText } from "./nft_text.ts";
import type { Section, Sections } from "./sections.ts";

/** Chains, rules and sets of all of nft's tables that were read; what is missing is a gap. */
export function readNftables(sections: Sections, gaps: Gaps): Netfilter {
  let out: Netfilter = { chains: [], rules: [], sets: [] };
  const tables = sections.get("tables");
  if (tables && tables.status !== 0) {
    // The tool's complaint is on the same stream as its list.
    gaps.add("netfilter", failure({ ...tables, stderr: tables.stdout.trim() || tables.stderr }));
  }
  if (sections.has("nft-json")) {
    const items = nftItems(sections.get("nft-json"), gaps);
    out = nftRuleset(items, nftText(sections.get("nft-text")?.stdout ?? ""), gaps);
  }
  for (const [name, family] of [["iptables4", "ip"], ["iptables6", "ip6"]] as const) {
    const section = sections.get(name);
    if (!section) continue;
    const saved = savedTables(section.stdout, family, "iptables");
    out = isAlone(sections, family) ? joined(out, saved, section, gaps) : withIptables(out, saved);
  }
  return out;
}

/** What nft knows nothing of: rules of iptables' older kind, and sets of ipset. */
export function readOthers(sections: Sections, gaps: Gaps): Netfilter {
  const out: Netfilter = { chains: [], rules: [], sets: [] };
  for (const [name, family] of [["legacy4", "ip"], ["legacy6", "ip6"]] as const) {
    const section = sections.get(name);
    if (!section) continue;
    if (section.status !== 0) gaps.add(`iptables-legacy ${family}`, failure(section));
    const legacy = savedTables(section.stdout, family, "iptables-legacy");
    out.chains.push(...legacy.chains);
    out.rules.push(...legacy.rules);
  }
  out.sets.push(...readIpsets(sections.get("ipset"), gaps));
  return out;
}

/** So many rules that nft was not asked for this family's tables of iptables. */
function isAlone(sections: Sections, family: string): boolean {
  return sections.get("alone")?.stdout.split(/\s+/).includes(family) ?? false;
}

function joined(nft: Netfilter, saved: SavedTables, section: Section, gaps: Gaps): Netfilter {
  if (section.status !== 0) gaps.add("netfilter", failure(section));
  for (
    const [, table] of section.stdout.matchAll(/^# Table `(\S+)' (?:is|contains) incompatible/gm)
  ) {
    gaps.add("netfilter", `table ${table} has rules that iptables-nft-save does not print`);
  }
  return {
    ...nft,
    chains: [...nft.chains, ...saved.chains],
    rules: [...nft.rules, ...saved.rules],
  };
}

/** nft wraps its list in an object; one cut short can only be mended without the wrapping. */
function nftItems(section: Section | undefined, gaps: Gaps): unknown[] {
  if (!section) return jsonRows(section, "netfilter", gaps);
  // One list of all tables, or one of each.
  const lists = section.stdout.trim().split(/\n(?=\{\s*"nftables")/);
  return lists.flatMap((text) => {
    const list = text.trim().replace(/^\{\s*"nftables"\s*:\s*/, "").replace(/\}$/, "");
    return jsonRows({ ...section, stdout: list }, "netfilter", gaps);
  });
}

/**
 * Where tables and chains of netfilter have their names. Their types are a module's on most
 * distributions, and bpftrace reads types of vmlinux only: the program gets plain offsets.
 */
import type { Btf } from "./btf.ts";
import { readModuleBtf } from "./kernel_btf.ts";

/** Bytes into a structure; what is absent is not known, or its module is not loaded. */
export type TableLayout = Partial<Record<keyof typeof MEMBERS, number>>;

/** Names as scripts have them, behind an @. */
const MEMBERS = {
  nftChainTable: ["nft_chain", "table", "nf_tables"],
  nftChainName: ["nft_chain", "name", "nf_tables"],
  /** A word whose lowest six bits are the family. */
  nftTableFamily: ["nft_table", "family", "nf_tables"],
  nftTableName: ["nft_table", "name", "nf_tables"],
  /** A table of iptables-legacy; the name is in it. */
  xtTableName: ["xt_table", "name", "x_tables"],
} as const;

const MODULES = ["nf_tables", "x_tables"] as const;

/** Asks the kernel's own types, then those of its modules. */
export async function readTableLayout(kernel: Btf): Promise<TableLayout> {
  const own = tableLayout(kernel, MODULES);
  const modules = await Promise.all(MODULES.map(async (name) => {
    const module = await readModuleBtf(name, kernel);
    return module ? tableLayout(module, [name]) : {};
  }));
  return Object.assign({}, ...modules, own);
}

/** What one BTF tells of what those modules have. */
export function tableLayout(btf: Btf, modules: readonly string[]): TableLayout {
  const layout: TableLayout = {};
  for (const [name, [struct, member, module]] of Object.entries(MEMBERS)) {
    const bits = modules.includes(module) ? btf.offsetOf(struct, [member]) : null;
    if (bits !== null && bits % 8 === 0) layout[name as keyof TableLayout] = bits / 8;
  }
  return layout;
}

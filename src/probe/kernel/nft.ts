/**
 * Where nft keeps what tells the chain and the rule that an expression is of. Its types are a module's
 * on most distributions, and bpftrace reads types of vmlinux only: the program gets plain offsets.
 */
import type { Btf } from "./btf.ts";
import { readModuleBtf } from "./kernel_btf.ts";

/** Where members of nft's structs are. */
export interface NftLayout {
  /** Bytes into an expression to what is its own: of an immediate its data. */
  data: number;
  /** Bytes into an immediate expression to the register that it loads; 0 is the verdict. */
  register: number;
  /** Bytes into an expression's operations to how long it is. */
  size: number;
  /** Bytes into the end of a chain's rules to the chain. */
  lastChain: number;
  /** Bytes into a list of rules to the first of them; it begins with its size. */
  rules: number;
  /** Bytes into a chain to one list of its rules. */
  chainFirst: number;
  /** Bytes into a chain to the other list: each change takes the one that is not in use. */
  chainSecond: number;
  /** Bytes into a chain. */
  chainTable: number;
  /** Bytes into a chain. */
  chainName: number;
  /** Bytes into a table, to a word whose lowest six bits are the family. */
  tableFamily: number;
  /** Bytes into a table. */
  tableName: number;
}

/**
 * Null when the kernel has no nft, or has not loaded it yet, or its rules do not tell their chain (before
 * Linux 6.4).
 */
export async function readNftLayout(kernel: Btf): Promise<NftLayout | null> {
  const layout = nftLayout(kernel);
  if (layout) return layout;
  const module = await readModuleBtf("nf_tables", kernel);
  return module && nftLayout(module);
}

/** The layout in one BTF; null when it lacks one of the members. */
export function nftLayout(btf: Btf): NftLayout | null {
  const at = (struct: string, ...path: string[]) => {
    const bits = btf.offsetOf(struct, path);
    return bits === null ? NaN : bits / 8;
  };
  const layout = {
    data: at("nft_expr", "data"),
    register: at("nft_expr", "data") + at("nft_immediate_expr", "dreg"),
    size: at("nft_expr_ops", "size"),
    lastChain: at("nft_rule_dp_last", "chain"),
    rules: at("nft_rule_blob", "data"),
    chainFirst: at("nft_chain", "blob_gen_0"),
    chainSecond: at("nft_chain", "blob_gen_1"),
    chainTable: at("nft_chain", "table"),
    chainName: at("nft_chain", "name"),
    tableFamily: at("nft_table", "family"),
    tableName: at("nft_table", "name"),
  };
  // A rule's header is one word: whether it is the last, how long its expressions are, its handle.
  const isWord = at("nft_rule_dp", "data") === 8 && btf.offsetOf("nft_rule_dp", ["dlen"]) === 1 &&
    btf.offsetOf("nft_rule_dp", ["handle"]) === 13;
  const hasSize = at("nft_rule_blob", "size") === 0;
  // An immediate's data comes first in it, and a verdict's code first in its data.
  const isFirst = at("nft_immediate_expr", "data") === 0 && at("nft_data", "verdict") === 0 &&
    at("nft_verdict", "code") === 0 && at("nft_pktinfo", "skb") === 0;
  return isWord && hasSize && isFirst && Object.values(layout).every(Number.isInteger)
    ? layout
    : null;
}

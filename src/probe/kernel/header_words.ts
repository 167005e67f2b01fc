/**
 * Where an skb says where its headers are: its type and the offsets of its headers, and the addresses
 * that these count from, lie beside each other in kernels of today. Four words are read at once then, by
 * the name of a structure that has four.
 */
import type { Btf } from "./btf.ts";

/** The structure of four words whose name the scripts use. */
const FOUR_WORDS = "tms";

/** Bytes from the first of the words, which has the packet's type. */
const PLACES = { protocol: 0, network_header: 4, mac_header: 6, head: 16, data: 24 };

/** Bytes from the start of `struct sk_buff` to those words; null where they are not so on this kernel. */
export function headerWords(btf: Btf): number | null {
  const at = (name: string) => (btf.offsetOf("sk_buff", [name]) ?? NaN) / 8;
  const first = at("protocol");
  const isSo = Object.entries(PLACES).every(([name, place]) => at(name) === first + place);
  return isSo && first % 8 === 0 && btf.membersOf(FOUR_WORDS)?.length === 4 ? first : null;
}

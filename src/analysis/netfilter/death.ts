/** Which drops are netfilter's, and what the freeing function says about who asked for them. */
import type { Sighting } from "../timeline.ts";

/** Functions that free what a hook refused; names from 5.10 to 6.18. */
const FUNCTIONS =
  /^(nf_hook_slow|nft_|ip6?t_do_table|nf_hook_|nf_queue|nf_reinject|nfqnl_|nf_send_|nf_reject|ebt_do_table|arpt_do_table|br_nf_|nf_conntrack_|nf_ct_(?!frag)|nf_nat_|synproxy_)/;

export function isNetfilterDrop(event: Sighting): boolean {
  if (event.kind !== "drop") return false;
  if (event.reason === "NETFILTER_DROP") return true;
  const plain = event.reason === undefined || event.reason === "NOT_SPECIFIED";
  return plain && FUNCTIONS.test(event.function ?? "");
}

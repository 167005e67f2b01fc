/** Which drops are netfilter's, and what the freeing function says about who asked for them. */
import type { Case } from "../rules/rule.ts";
import type { Sighting } from "../view/timeline.ts";
import type { Candidate } from "./walk.ts";

/** Functions that free what a hook refused; names from 5.10 to 6.18. */
const FUNCTIONS =
  /^(nf_hook_slow|nft_|ip6?t_do_table|nf_hook_|nf_queue|nf_reinject|nfqnl_|nf_send_|nf_reject|ebt_do_table|arpt_do_table|br_nf_(?!dev_queue_xmit|push_frag)|nf_conntrack_|nf_ct_(?!frag)|nf_nat_|synproxy_)/;

export function isNetfilterDrop(event: Sighting): boolean {
  if (event.kind !== "drop") return false;
  if (event.reason === "NETFILTER_DROP") return true;
  const plain = event.reason === undefined || event.reason === "NOT_SPECIFIED";
  return plain && FUNCTIONS.test(event.function ?? "");
}

const NFT = /^nft_/;
const LEGACY = /^(ip6?t_do_table|arpt_do_table|ebt_do_table)/;
const QUEUE = /^(nf_queue|nf_reinject|nfqnl_)/;

/** Since Linux 6.7 nft frees by itself what it drops, and `nf_hook_slow` what others do. */
export function nftFreesItself(kernel: string): boolean {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(kernel) ?? [];
  return Number(major) > 6 || (Number(major) === 6 && Number(minor) >= 7);
}

/** Whether a refusal there would be freed in the function that the event names. */
export function canFree({ verdict, base: { legacy } }: Candidate, { event, node }: Case): boolean {
  const by = event.function ?? "";
  if (QUEUE.test(by)) return verdict.do === "queue" || verdict.do === "unknown";
  if (verdict.do === "queue") return false;
  if (NFT.test(by)) return legacy !== true;
  if (LEGACY.test(by)) return legacy !== false;
  if (by === "nf_hook_slow" && nftFreesItself(node.header.kernel)) return legacy !== false;
  return true;
}

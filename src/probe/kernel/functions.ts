/** Functions of the kernel that scripts of `bpf/` attach to by a kprobe. */

/**
 * What the kernel is asked for, since it has hundreds of thousands of them. A script that attaches to
 * another is not offered: a test compares this with the scripts.
 */
export const PROBED_FUNCTIONS: readonly string[] = [
  ...["__nf_conntrack_confirm", "ip6t_do_table", "ipt_do_table", "nf_conntrack_in", "nft_do_chain"],
  ...["nft_immediate_eval", "tcf_classify", "virtnet_xdp_handler"],
  // Where a function returns to is on the stack of this architecture alone.
  ...(Deno.build.arch === "x86_64" ? ["consume_skb"] : []),
];

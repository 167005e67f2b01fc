/** Functions of the kernel that scripts of `bpf/` attach to by a kprobe. */

/**
 * What the kernel is asked for, since it has hundreds of thousands of them. A script that attaches to
 * another is not offered: a test compares this with the scripts.
 */
export const PROBED_FUNCTIONS: readonly string[] = ["nft_do_chain", "nft_immediate_eval"];

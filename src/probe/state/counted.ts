/** Which drops a rule of netfilter may have counted. Pure. */
import type { Event } from "../../event/event.ts";

/** The kernel's own reason, where it has none to tell. */
const UNTOLD = new Set(["NOT_SPECIFIED", "SKB_DROP_REASON_NOT_SPECIFIED", "NETFILTER_DROP"]);
/** Parts of names of netfilter's functions. */
const NETFILTER = /(?:^|_)(?:nf|nft|nfqnl|ip6?t|arpt|ebt|xt|synproxy)_/;

/**
 * Whether what rules have counted may tell of this drop: not where the kernel has another reason for it,
 * and it was not in netfilter. Reading all rules again for each drop costs seconds where they are many.
 */
export function mayBeCounted(event: Event): boolean {
  // What Open vSwitch is done with has met no rule there.
  if (event.kind === "consume") return false;
  const isOther = event.reason !== undefined && !UNTOLD.has(event.reason);
  return !isOther || NETFILTER.test(event.function ?? "");
}

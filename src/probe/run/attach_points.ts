/** Where a script attaches, and whether this kernel has that. */
import type { NftLayout } from "../kernel/nft.ts";

const KPROBE = "kprobe:";

/** What of this kernel decides it. */
export interface Offered {
  tracepoints: ReadonlySet<string>;
  kprobes: boolean;
  /** Functions that can be probed; absent: none. */
  functions?: ReadonlySet<string> | undefined;
  /** Where nft keeps what a rule is of; absent or null: not known. */
  nft?: NftLayout | null | undefined;
  /** False: `skb:consume_skb` does not tell who frees the packet. */
  consumeFunction?: boolean | undefined;
}

/** What of a script's needs this kernel lacks; null for nothing. */
export function whyNotHere(
  source: string,
  { tracepoints, kprobes, functions, nft, consumeFunction }: Offered,
): string | null {
  const points = attachPointsOf(source);
  const probed = points.filter((point) => point.startsWith(KPROBE));
  if (probed.length > 0 && !kprobes) {
    return `this kernel has no kprobes, so no ${probed.join(", ")}`;
  }
  const missing = points.filter((point) =>
    point.startsWith(KPROBE) ? !functions?.has(point.slice(KPROBE.length)) : !tracepoints.has(point)
  );
  if (missing.length > 0) {
    const loaded = probed.length > 0 ? ", as long as its module is not loaded" : "";
    return `this kernel has no ${missing.join(", ")}${loaded}`;
  }
  if (probed.some((point) => point.startsWith(`${KPROBE}nft_`)) && !nft) {
    return "rules of nft do not tell their chain on this kernel, as before 6.4";
  }
  // Without the function a tap's copy could not be told from what arrived.
  const isBlind = consumeFunction === false && /^tracepoint:skb:consume_skb$/m.test(source);
  return isBlind ? "skb:consume_skb of this kernel tells no function, as those before 6.3" : null;
}

/** Where a script attaches: tracepoints as `net:netif_receive_skb`, kprobes as `kprobe:br_forward`. */
export function attachPointsOf(source: string): string[] {
  return [...source.matchAll(/^(?:tracepoint:(\w+:\w+)|(kprobe:\w+))/gm)]
    .map(([, tracepoint, kprobe]) => tracepoint ?? kprobe ?? "");
}

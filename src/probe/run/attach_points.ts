/** Where a script attaches, and whether this kernel has that. */

/** What of this kernel decides it. */
export interface Offered {
  tracepoints: ReadonlySet<string>;
  kprobes: boolean;
  /** False: `skb:consume_skb` does not tell who frees the packet. */
  consumeFunction?: boolean | undefined;
}

/** What of a script's needs this kernel lacks; null for nothing. */
export function whyNotHere(
  source: string,
  { tracepoints, kprobes, consumeFunction }: Offered,
): string | null {
  const missing = attachPointsOf(source).filter((point) =>
    point.startsWith("kprobe:") ? !kprobes : !tracepoints.has(point)
  );
  if (missing.length > 0) return `this kernel has no ${missing.join(", ")}`;
  // Without the function a tap's copy could not be told from what arrived.
  const isBlind = consumeFunction === false && /^tracepoint:skb:consume_skb$/m.test(source);
  return isBlind ? "skb:consume_skb of this kernel tells no function, as those before 6.3" : null;
}

/** Where a script attaches: tracepoints as `net:netif_receive_skb`, kprobes as `kprobe:br_forward`. */
export function attachPointsOf(source: string): string[] {
  return [...source.matchAll(/^(?:tracepoint:(\w+:\w+)|(kprobe:\w+))/gm)]
    .map(([, tracepoint, kprobe]) => tracepoint ?? kprobe ?? "");
}

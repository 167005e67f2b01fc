/** Scripts on raw tracepoints, which are cheaper, and name their arguments by number. */

/** How each tracepoint that has a raw form names its arguments there. */
const RAW_ARGUMENTS: Record<string, Record<string, string>> = {
  "net:netif_receive_skb": { skbaddr: "arg0" },
  "net:net_dev_start_xmit": { skbaddr: "arg0" },
  "skb:kfree_skb": { skbaddr: "arg0", location: "arg1" },
  "skb:consume_skb": { skbaddr: "arg0", location: "arg1" },
};

/** The script on the raw tracepoint, where there is a form of it; else as it is. */
export function toRaw(source: string): string {
  const [probe, tracepoint = "", event] = /^tracepoint:(\w+:(\w+))/m.exec(source) ?? [];
  const names = RAW_ARGUMENTS[tracepoint];
  if (probe === undefined || names === undefined) return source;
  return source.replace(probe, `rawtracepoint:${event}`)
    .replace(/args->(\w+)/g, (whole, field: string) => names[field] ?? whole);
}

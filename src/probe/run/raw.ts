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

/**
 * Gives the heartbeat's arguments a place on its own stack, up to the recorder's 56 bytes. Those of a longer
 * printf are put together in memory that all scripts of a processor share (`createScratchBuffer` in
 * bpftrace's codegen), and a timer runs in the middle of a script on a raw tracepoint: whose line then
 * was a second heartbeat, and an event was lost. A setting stands before all scripts.
 */
export const withOwnHeartbeat = (program: string, raw: boolean): string =>
  raw ? `config = { on_stack_limit = 56 }\n${program}` : program;

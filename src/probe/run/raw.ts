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

/** The most that a heartbeat prints, the recorder's, bytes. */
const HEARTBEAT_BYTES = 56;
/** More than a packet's line. */
const LINE_BYTES = 256;

/** What of a program's options says where its lines are put together. */
interface Stack {
  raw: boolean;
  linesOnStack?: boolean;
  recorder?: boolean;
  netns: readonly number[] | null;
}

/**
 * Gives the heartbeat's arguments a place on its own stack, and where there is room those of each line.
 * Those of a longer printf are put together in memory that all scripts of a processor share
 * (`createScratchBuffer` in bpftrace's codegen), and a timer or another raw tracepoint runs in the middle
 * of a script on a raw tracepoint: whose line then was a second heartbeat, or one of two packets, and an
 * event was lost. A setting stands before all scripts.
 */
export function withStack(program: string, stack: Stack): string {
  if (!stack.raw) return program;
  const bytes = hasLinesOnStack(stack) ? LINE_BYTES : HEARTBEAT_BYTES;
  return `config = { on_stack_limit = ${bytes} }\n${program}`;
}

/**
 * Whether the stack has those of each line, which some filters leave no room for. The recorder needs it
 * for other things, and where namespaces are told apart first the script on drops mostly does.
 */
export const hasLinesOnStack = (
  { raw, linesOnStack = false, recorder = false, netns }: Stack,
): boolean => raw && linesOnStack && !recorder && netns === null;

/** Whether the stack may have them: in 0.27 the script on receptions has no room for them. */
export const mayHaveLinesOnStack = (bpftrace: string | null): boolean =>
  bpftrace?.startsWith("0.23.") === true;

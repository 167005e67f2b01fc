/**
 * The script on what the kernel is done with, for kernels before 6.3: their tracepoint does not say who
 * was done with it, but a kprobe on the same function finds where it returns to.
 */

const SCRIPT = "consume";
/** Its function frees a packet that nobody else has. */
const FUNCTION = "consume_skb";

/** What of a kernel decides whether it needs a kprobe, and can have it. */
interface Abilities {
  deep?: boolean | undefined;
  kprobes: boolean;
  functions?: ReadonlySet<string> | undefined;
  consumeFunction?: boolean | undefined;
}

/** Whether the script of this name is attached to a function for want of a tracepoint that tells. */
export const usesCaller = (
  name: string,
  { deep = false, kprobes, functions, consumeFunction }: Abilities,
): boolean =>
  name === SCRIPT && deep && kprobes && consumeFunction === false &&
  functions?.has(FUNCTION) === true;

/** The source, on the function where it must be: of its argument others may still have a part. */
export function withCaller(name: string, source: string, abilities: Abilities): string {
  if (!usesCaller(name, abilities)) return source;
  return source
    .replace(/^tracepoint:skb:consume_skb/m, `kprobe:${FUNCTION}`)
    .replace("args->skbaddr", "arg0")
    .replace(
      "$et = (uint64)$skb->protocol;",
      "$et = (uint64)$skb->protocol;\n  if ((uint64)$skb->users.refs.counter != 1) { $et = (uint64)0; }",
    )
    .replace("args->location", '*(uint64*)reg("sp")');
}

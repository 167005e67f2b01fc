/** What each program of a process is attached to. Its file in /proc says only its number. */

/** Of a program: what is attached by perf events, or to raw tracepoints. `linux/bpf.h`. */
const TASK_FD_QUERY = 20;
/** The number of the call `bpf`. */
const BPF_CALL: Record<string, bigint> = { x86_64: 321n, aarch64: 280n };
const NAME_BYTES = 128;
/** Of what is asked: process, file, flags, length and address of the name, and of the answer. */
const ASKED_BYTES = 48;
const PROGRAM_AT = 24;

const SYMBOLS = {
  syscall: { parameters: ["i64", "i64", "buffer", "u64"], result: "i64" },
} as const satisfies Deno.ForeignLibraryInterface;

/**
 * Names of tracepoints and functions by the number of the program that is attached there, as far as the
 * kernel tells: `netif_receive_skb`. Empty where libc may not be called.
 */
export function programPoints(pid: number, files: readonly number[]): Map<number, string> {
  const points = new Map<number, string>();
  const call = BPF_CALL[Deno.build.arch];
  if (call === undefined) return points;
  try {
    const libc = Deno.dlopen("libc.so.6", SYMBOLS);
    try {
      for (const file of files) {
        const asked = new DataView(new ArrayBuffer(ASKED_BYTES));
        const name = new Uint8Array(NAME_BYTES);
        asked.setUint32(0, pid, true);
        asked.setUint32(4, file, true);
        asked.setUint32(12, NAME_BYTES, true);
        const address = Deno.UnsafePointer.value(Deno.UnsafePointer.of(name));
        asked.setBigUint64(16, address, true);
        const told = libc.symbols.syscall(call, BigInt(TASK_FD_QUERY), asked, BigInt(ASKED_BYTES));
        if (told !== 0n) continue;
        const text = new TextDecoder().decode(name.subarray(0, name.indexOf(0)));
        if (text !== "") points.set(asked.getUint32(PROGRAM_AT, true), text);
      }
    } finally {
      libc.close();
    }
  } catch {
    return new Map();
  }
  return points;
}

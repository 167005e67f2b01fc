/** What a process has taken, as the kernel counts it. */

export interface Usage {
  cpuMs: number;
  /** Of its first thread: the one that answers. */
  firstThreadCpuMs: number;
  rssMiB: number;
  /** The most it ever had. */
  peakMiB: number;
}

/** The kernel counts CPU time in hundredths of a second. */
const TICK_MS = 10;

export async function usageOf(pid: number): Promise<Usage> {
  const [stat, status, first] = await Promise.all(
    ["stat", "status", `task/${pid}/stat`].map((name) => Deno.readTextFile(`/proc/${pid}/${name}`)),
  );
  const kib = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status!)?.[1]);
  return {
    cpuMs: cpuMsIn(stat!),
    firstThreadCpuMs: cpuMsIn(first!),
    rssMiB: kib("VmRSS") / 1024,
    peakMiB: kib("VmHWM") / 1024,
  };
}

function cpuMsIn(stat: string): number {
  // The name may hold spaces, so fields are counted from behind it.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** The value below which a share of them lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

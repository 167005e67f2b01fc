/** What a process has taken, as the kernel counts it. */

export interface Usage {
  cpuMs: number;
  rssMiB: number;
  /** The most it ever had. */
  peakMiB: number;
}

/** The kernel counts CPU time in hundredths of a second. */
const TICK_MS = 10;

export async function usageOf(pid: number): Promise<Usage> {
  const [stat, status] = await Promise.all(
    ["stat", "status"].map((name) => Deno.readTextFile(`/proc/${pid}/${name}`)),
  );
  // The name may hold spaces, so fields are counted from behind it.
  const fields = stat!.slice(stat!.lastIndexOf(")") + 2).split(" ");
  const kib = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status!)?.[1]);
  return {
    cpuMs: (Number(fields[11]) + Number(fields[12])) * TICK_MS,
    rssMiB: kib("VmRSS") / 1024,
    peakMiB: kib("VmHWM") / 1024,
  };
}

/** The value below which a share of them lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

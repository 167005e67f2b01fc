/** What a run of each attached program of BPF takes, as the kernel measures it (`bpf_stats_enabled`). */

/** One program: where it is attached is not told, so the order of attaching names it. */
export interface Cost {
  /** The kernel's number of the program: later ones are larger. */
  id: number;
  runs: number;
  /** Nanoseconds of all runs. */
  ns: number;
}

/** Turns the kernel's own measuring on or off; it adds about 30 ns to each run. */
export const measure = (on: boolean): Promise<void> =>
  Deno.writeTextFile("/proc/sys/kernel/bpf_stats_enabled", on ? "1" : "0");

/** The programs that a process holds, in the order in which they were loaded. */
export function costsOf(pid: number): Cost[] {
  const costs: Cost[] = [];
  for (const { name } of Deno.readDirSync(`/proc/${pid}/fdinfo`)) {
    let text = "";
    try {
      text = Deno.readTextFileSync(`/proc/${pid}/fdinfo/${name}`);
    } catch {
      continue;
    }
    const field = (word: string) => Number(new RegExp(`^${word}:\\s*(\\d+)$`, "m").exec(text)?.[1]);
    if (!/^prog_id:/m.test(text)) continue;
    costs.push({ id: field("prog_id"), runs: field("run_cnt"), ns: field("run_time_ns") });
  }
  return costs.sort((a, b) => a.id - b.id);
}

/** The bounds of a trace as words for each of its probes. */
import type { CaptureFlags } from "../capture/options.ts";

/** Words of `lasthop probe`; of what was not asked for none. */
export function boundWords(
  { cpuShare, memoryLimit, eventsPerSecond, firstPackets, counters, deep }: CaptureFlags,
): string[] {
  const values = ([
    ["--cpu-share", cpuShare],
    ["--memory-limit", memoryLimit],
    ["--events-per-second", eventsPerSecond],
    ["--first-packets", firstPackets],
    ["--counters", counters],
  ] as const).flatMap(([option, value]) => value === undefined ? [] : [option, String(value)]);
  return deep ? [...values, "--deep"] : values;
}

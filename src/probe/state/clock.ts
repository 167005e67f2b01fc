/** The node's monotonic clock, as the shell script read it. */

/**
 * `/proc/timer_list` says "now at N nsecs": CLOCK_MONOTONIC itself, what bpftrace's `nsecs` is. Only
 * where it is hidden (some containers) does `/proc/uptime` stand in: 10 ms precision, and ahead by
 * the time the machine was suspended.
 */
export function monotonicNs(text: string): string | undefined {
  const now = /^now at (\d{1,20}) nsecs/m.exec(text)?.[1];
  if (now !== undefined) return now;
  const uptime = /^(\d{1,10})\.(\d{2}) \d+\.\d{2}\s*$/m.exec(text);
  return uptime ? `${uptime[1]}${uptime[2]}0000000`.replace(/^0+(?=\d)/, "") : undefined;
}

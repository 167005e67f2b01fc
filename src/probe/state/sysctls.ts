/** Kernel settings, from `grep -H . FILES` under /proc/sys/net. */

/**
 * `ipv4/conf/eth0/rp_filter:2` → `net.ipv4.conf.eth0.rp_filter`: "2". A device name has neither
 * slash nor colon, so both cuts are safe.
 */
export function sysctls(text: string): Record<string, string> {
  const out: Record<string, string> = {};
  for (const line of text.split("\n")) {
    const colon = line.indexOf(":");
    if (colon <= 0) continue;
    out[`net.${line.slice(0, colon).replaceAll("/", ".")}`] = line.slice(colon + 1)
      .replaceAll("\t", " ").trim();
  }
  return out;
}

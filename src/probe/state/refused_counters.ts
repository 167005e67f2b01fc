/** What protocols counted of packets that they refused: /proc/net/snmp, netstat and snmp6. */

/** Those that a rule asks for; there are some hundreds of others. */
const ASKED = new Set([
  ...["IpExtInCsumErrors", "IcmpInCsumErrors", "Icmp6InCsumErrors", "TcpInCsumErrors"],
  ...["UdpInErrors", "UdpInCsumErrors", "UdpRcvbufErrors", "UdpMemErrors"],
  ...["Udp6InErrors", "Udp6InCsumErrors", "Udp6RcvbufErrors", "Udp6MemErrors"],
]);

/**
 * By the names of `nstat`. The older files have two lines of each protocol, `Udp: InErrors …` and
 * `Udp: 3 …`; of IPv6 there is a line for each. Undefined where none of them is there.
 */
export function refusedCounters(text: string): Record<string, number> | undefined {
  const found: Record<string, number> = {};
  const note = (name: string, count: string | undefined) => {
    if (ASKED.has(name) && /^\d+$/.test(count ?? "")) found[name] = Number(count);
  };
  let titles: string[] = [];
  for (const line of text.split("\n")) {
    const words = line.trim().split(/\s+/);
    const [first = ""] = words;
    if (!first.endsWith(":")) note(first, words[1]);
    else if (titles[0] !== first) titles = words;
    else {
      for (const [i, title] of titles.entries()) note(first.slice(0, -1) + title, words[i]);
      titles = [];
    }
  }
  return Object.keys(found).length > 0 ? found : undefined;
}

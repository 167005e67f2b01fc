/** Random rules for the tests on the real kernel, drawn from a seed. */

/** A small generator with its whole state in one number, so that a seed is a run. */
export function randomOf(seed: number) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return {
    next,
    int: (below: number) => Math.floor(next() * below),
    pick: <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)]!,
  };
}

export type Random = ReturnType<typeof randomOf>;

/** Matches as a person writes them for nft, about the packets of the tests' scene. */
export const NFT_MATCHES: readonly string[] = [
  "",
  "ip saddr 10.1.0.2",
  "ip saddr 10.1.0.0/24",
  "ip saddr != 10.1.0.3",
  "ip saddr { 10.1.0.3, 10.9.0.0/16 }",
  "ip saddr 10.1.0.1-10.1.0.2",
  "ip daddr @hosts",
  "ip daddr != @hosts",
  "ip daddr { 10.2.0.2 }",
  "ip daddr . tcp dport { 10.2.0.2 . 80, 10.2.0.3 . 22 }",
  "ip daddr . meta l4proto . th dport @services",
  "ip6 saddr fd01::/64",
  "ip6 daddr fd02::2",
  "ip6 daddr { fd02::3, fd02::4-fd02::9 }",
  "ip6 hoplimit > 62",
  "ip6 nexthdr udp",
  "tcp dport 80",
  "tcp dport != 80",
  "tcp dport { 22, 80-90 }",
  "tcp dport >= 443",
  "tcp dport < 443",
  "tcp sport 40000-50000",
  "tcp flags syn",
  "tcp flags == syn",
  "tcp flags ! ack",
  "tcp flags & (fin|syn|rst|ack) == syn",
  "tcp flags & (syn|ack) != syn",
  "udp dport 53",
  "udp dport { 53, 4789 }",
  "udp sport > 1023",
  "th dport 53",
  "meta l4proto udp",
  "meta l4proto { tcp, udp }",
  "meta l4proto != icmp",
  "meta nfproto ipv4",
  "meta nfproto ipv6 meta l4proto tcp",
  "meta protocol ip6",
  "ip protocol icmp",
  "ip protocol { tcp, icmp }",
  "icmp type echo-request",
  "icmp type { echo-reply, timestamp-request }",
  "icmp code 0",
  "icmpv6 type echo-request",
  "icmpv6 type { nd-neighbor-solicit, echo-reply }",
  'iifname "left"',
  'iifname "le*"',
  'iifname != "left"',
  'iifname { "right", "lo" }',
  'oifname "right"',
  'oifname != "right"',
  "iif lo",
  "meta length > 100",
  "meta length 60",
  "ip length < 84",
  "ip ttl 63",
  "ip ttl < 63",
  "meta pkttype host",
  "meta pkttype { broadcast, multicast }",
  "fib daddr type local",
  "fib daddr type unicast",
  "fib saddr type != local",
  "fib saddr . iif oif missing",
  "fib saddr . iif oif exists",
  "ct state new",
  "ct state established,related",
  "ct state != established",
  "ct state { new, untracked }",
  "ct state invalid",
  "ct direction original",
  "meta mark 7",
  "meta mark & 0x4 == 0",
  "limit rate 1/hour burst 1 packets",
  "ip frag-off & 0x1fff != 0",
  "ip dscp ef",
  'meta skuid "root"',
  "tcp option maxseg size > 100",
];

/** The same for iptables and ip6tables. */
export const IPTABLES_MATCHES: readonly string[] = [
  "",
  "-s 10.1.0.2/32",
  "-s 10.1.0.0/24",
  "! -s 10.1.0.3/32",
  "-d 10.2.0.2/32",
  "-d 10.2.0.0/255.255.0.255",
  "-i left",
  "-i le+",
  "! -i left",
  "-o right",
  "! -o ri+",
  "-p tcp",
  "! -p tcp",
  "-p icmp",
  "-p udp -m udp --dport 53",
  "-p udp ! --dport 53",
  "-p udp --sport 1024:65535",
  "-p tcp --dport 80",
  "-p tcp --dport 80:100",
  "-p tcp ! --dport 80",
  "-p tcp -m multiport --dports 22,80:90",
  "-p tcp -m multiport ! --dports 22,443",
  "-p udp -m multiport --ports 53,4789",
  "-p tcp --syn",
  "-p tcp ! --syn",
  "-p tcp --tcp-flags SYN,ACK SYN",
  "-p tcp --tcp-flags ALL NONE",
  "-p icmp --icmp-type 8",
  "-p icmp --icmp-type echo-reply",
  "-p icmp ! --icmp-type 8/0",
  "-m conntrack --ctstate NEW",
  "-m conntrack ! --ctstate NEW,UNTRACKED",
  "-m conntrack --ctstate RELATED,ESTABLISHED",
  "-m state --state INVALID",
  '-m comment --comment "a -j DROP in words"',
  "-m addrtype --dst-type LOCAL",
  "-m addrtype ! --dst-type LOCAL",
  "-m addrtype --src-type UNICAST",
  "-m iprange --src-range 10.1.0.1-10.1.0.2",
  "-m iprange ! --dst-range 10.2.0.3-10.2.0.9",
  "-m length --length 60",
  "-m length --length 0:90",
  "-m ttl --ttl-eq 63",
  "-m ttl --ttl-lt 63",
  "-m pkttype --pkt-type unicast",
  "-m mark --mark 0x4/0x4",
  "-m mark ! --mark 0x4/0x4",
  "-m physdev --physdev-is-bridged",
  "-m limit --limit 1/hour --limit-burst 1",
  "-m statistic --mode random --probability 0.5",
  "-f",
];

export const IP6TABLES_MATCHES: readonly string[] = [
  "",
  "-s fd01::/64",
  "! -d fd02::2/128",
  "-p tcp --dport 80",
  "-p udp -m multiport --dports 53,80",
  "-p ipv6-icmp --icmpv6-type 128",
  "-p ipv6-icmp ! --icmpv6-type echo-reply",
  "-m hl --hl-eq 63",
  "-m conntrack --ctstate NEW",
  "-m addrtype --dst-type LOCAL",
];

const HOOKS = [
  ["prerouting", -150],
  ["forward", 0],
  ["forward", 10],
  ["input", 0],
  ["output", 0],
  ["postrouting", 300],
] as const;

/** What a rule does with what it matches; most let it pass, or nothing would reach the later ones. */
function nftVerdict(random: Random): string {
  const n = random.int(10);
  if (n < 4) return "drop";
  if (n < 6) return "accept";
  if (n === 6) return "jump side";
  if (n === 7) return "goto side";
  if (n === 8) return "return";
  return random.pick(["", "meta mark set 7", "meta mark set mark or 0x4"]);
}

/** Matches that go with any other: nft refuses two that can't both hold. */
const NEUTRAL = NFT_MATCHES.filter((match) =>
  /^(iifname|oifname|meta length|meta pkttype|meta mark|ct |limit)/.test(match)
);

/** Where routes can be asked for the way back. */
const RECEIVING = ["prerouting", "input", "forward"];

function nftRule(random: Random, hook: string, verdicts: (random: Random) => string): string {
  let match = random.pick(NFT_MATCHES);
  if (match.includes(" oif ") && !RECEIVING.includes(hook)) match = "";
  const second = random.int(3) === 0 ? random.pick(NEUTRAL) : "";
  return `${match} ${second} counter ${verdicts(random)}`;
}

/**
 * A ruleset of several hooked chains and one to jump to. Each chain's first rule counts what comes
 * in, so that a policy's drops can be told.
 */
export function nftProgram(random: Random, sets: string): string {
  const rules = (count: number, hook: string, verdicts: (random: Random) => string) =>
    Array.from({ length: count }, () => `    ${nftRule(random, hook, verdicts)}`).join("\n");
  const side = (r: Random) => r.pick(["drop", "accept", "return", "drop", ""]);
  const chains = HOOKS.map(([hook, priority], i) => {
    const policy = random.int(4) === 0 ? "drop" : "accept";
    const length = random.int(5);
    return `  chain c${i} { type filter hook ${hook} priority ${priority}; policy ${policy};
    counter
${rules(length, hook, nftVerdict)}
  }`;
  });
  return `table inet fuzz {${sets}
  chain side {
    counter
${rules(3, "", side)}
  }
${chains.join("\n")}
}`;
}

/** The same for iptables: lines of `iptables-restore` for the table filter. */
export function iptablesProgram(random: Random, matches: readonly string[]): string[] {
  const verdicts = ["DROP", "DROP", "ACCEPT", "SIDE", "RETURN", "LOG", "MARK --set-xmark 0x4/0x4"];
  const rule = (chain: string, targets: readonly string[]) => {
    let match = random.pick(matches);
    // Chains that know no output or input device refuse a rule about it.
    if (chain === "INPUT") match = match.replace(/(! )?-o \S+/, "");
    if (chain === "OUTPUT") match = match.replace(/(! )?-i \S+/, "").replace(/.*physdev.*/, "");
    return `-A ${chain} ${match} -j ${random.pick(targets)}`;
  };
  const policies = ["INPUT", "FORWARD", "OUTPUT"].map((chain) =>
    `:${chain} ${random.int(4) === 0 ? "DROP" : "ACCEPT"} [0:0]`
  );
  const lines = ["INPUT", "FORWARD", "OUTPUT"].flatMap((chain) => [
    `-A ${chain}`,
    ...Array.from({ length: 1 + random.int(5) }, () => rule(chain, verdicts)),
  ]);
  const side = Array.from({ length: 2 }, () => rule("SIDE", ["DROP", "ACCEPT", "RETURN"]));
  return [...policies, ":SIDE - [0:0]", ...lines, "-A SIDE", ...side];
}

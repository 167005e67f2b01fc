/** One router of the yard as rules are about it, and rules as they are for it. */

/** What the rules are about: addresses of one router's network, and its devices. */
export interface Place {
  /** IPv6 instead of IPv4, and what the rules are about. */
  six: boolean;
  protocol: "udp" | "tcp";
  /** The server's address, that of a service, of one without endpoints, the router's own. */
  server: string;
  service: string;
  empty: string;
  own: string;
  /** The router's address on the server's side. */
  outer: string;
  /** Network of the clients, with its length. */
  clients: string;
  /** Devices of the clients and of the server as the hooks of IP see them. */
  input: string;
  output: string;
}

/** What is other in rules of IPv6, in the words of iptables and of nft. */
const IN_SIX: readonly [RegExp, string][] = [
  [/\b127\.0\.0\.0\/8/g, "::1/128"],
  [/\/32\b/g, "/128"],
  [/\bicmp-(?=port-unreachable|host-prohibited)/g, "icmp6-"],
  [/icmp6-host-prohibited/g, "icmp6-adm-prohibited"],
  [/-p icmp -m icmp --icmp-type 8\b/g, "-p ipv6-icmp -m icmp6 --icmpv6-type 128"],
  [/-p icmp -m icmp --icmp-type 3\b/g, "-p ipv6-icmp -m icmp6 --icmpv6-type 1"],
  [/-p icmp -m icmp --icmp-type 11\b/g, "-p ipv6-icmp -m icmp6 --icmpv6-type 3"],
  [/-p icmp\b/g, "-p ipv6-icmp"],
  [/-m ttl --ttl-/g, "-m hl --hl-"],
  [/-p ipencap\b/g, "-p ipv6"],
  [/-m addrtype (! )?--(src|dst)-type BROADCAST/g, "-m addrtype $1--$2-type ANYCAST"],
  [/--to-destination (\S+):(\d+)$/g, "--to-destination [$1]:$2"],
  [/\btable ip /g, "table ip6 "],
  [/\bipv4_addr\b/g, "ipv6_addr"],
  [/\bip (saddr|daddr)\b/g, "ip6 $1"],
  [/\bnfproto ipv4\b/g, "nfproto ipv6"],
  [/dnat to ([0-9a-f:]+):(\d+)/g, "dnat to [$1]:$2"],
  [/\bicmp type echo-request\b/g, "icmpv6 type echo-request"],
];

/** Rules as this place has them: of its family, and about its protocol. */
export function adapted(text: string, { six, protocol }: Place): string {
  const own = protocol === "udp" ? text : text.replace(/\budp\b/g, "tcp");
  return six ? IN_SIX.reduce((words, [from, to]) => words.replace(from, to), own) : own;
}

/** Tables of iptables by name: lines of `iptables-restore`. */
export type Tables = Record<string, string[]>;

/** A comment of a rule. */
export const words = (comment: string) => `-m comment --comment "${comment}"`;
/** Chains of a table that are made. */
export const chains = (...names: string[]) => names.map((name) => `:${name} - [0:0]`);

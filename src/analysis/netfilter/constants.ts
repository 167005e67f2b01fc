/** Names that nft and iptables print for numbers, by the kind of value they stand for. */
import { CT_STATES } from "./hook_packet.ts";

/** What a value stands for: the same name may be another number elsewhere. */
export type Domain =
  | "number"
  | "protocol"
  | "address"
  | "mac"
  | "device"
  | "tcp-flags"
  | "icmp-type"
  | "icmp6-type"
  | "icmp-code"
  | "ct-state"
  | "ct-status"
  | "ct-direction"
  | "packet-type"
  | "ether-type"
  | "nfproto"
  | "fib-type"
  | "arp-operation"
  | "boolean";

const PROTOCOLS = {
  ip: 0,
  icmp: 1,
  igmp: 2,
  ipip: 4,
  ipencap: 4,
  "ip-encap": 4,
  tcp: 6,
  egp: 8,
  udp: 17,
  dccp: 33,
  ipv6: 41,
  "ipv6-route": 43,
  "ipv6-frag": 44,
  gre: 47,
  esp: 50,
  ah: 51,
  icmpv6: 58,
  "ipv6-icmp": 58,
  "ipv6-nonxt": 59,
  "ipv6-opts": 60,
  ospf: 89,
  pim: 103,
  comp: 108,
  vrrp: 112,
  l2tp: 115,
  sctp: 132,
  udplite: 136,
};

const ICMP_TYPES = {
  "echo-reply": 0,
  pong: 0,
  "destination-unreachable": 3,
  "source-quench": 4,
  redirect: 5,
  "echo-request": 8,
  ping: 8,
  "router-advertisement": 9,
  "router-solicitation": 10,
  "time-exceeded": 11,
  "ttl-exceeded": 11,
  "parameter-problem": 12,
  "timestamp-request": 13,
  "timestamp-reply": 14,
  "info-request": 15,
  "info-reply": 16,
  "address-mask-request": 17,
  "address-mask-reply": 18,
};

const ICMP6_TYPES = {
  "destination-unreachable": 1,
  "packet-too-big": 2,
  "time-exceeded": 3,
  "ttl-exceeded": 3,
  "parameter-problem": 4,
  "echo-request": 128,
  "echo-reply": 129,
  "mld-listener-query": 130,
  "mld-listener-report": 131,
  "mld-listener-done": 132,
  "mld-listener-reduction": 132,
  "nd-router-solicit": 133,
  "router-solicitation": 133,
  "nd-router-advert": 134,
  "router-advertisement": 134,
  "nd-neighbor-solicit": 135,
  "neighbor-solicitation": 135,
  "neighbour-solicitation": 135,
  "nd-neighbor-advert": 136,
  "neighbor-advertisement": 136,
  "neighbour-advertisement": 136,
  "nd-redirect": 137,
  "router-renumbering": 138,
  "ind-neighbor-solicit": 141,
  "ind-neighbor-advert": 142,
  "mld2-listener-report": 143,
};

const TCP_FLAGS = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16, urg: 32, ecn: 64, cwr: 128 };

const TABLES: Partial<Record<Domain, Readonly<Record<string, number>>>> = {
  protocol: PROTOCOLS,
  "icmp-type": ICMP_TYPES,
  "icmp6-type": ICMP6_TYPES,
  "icmp-code": {
    "net-unreachable": 0,
    "host-unreachable": 1,
    "prot-unreachable": 2,
    "port-unreachable": 3,
    "frag-needed": 4,
    "net-prohibited": 9,
    "host-prohibited": 10,
    "admin-prohibited": 13,
  },
  "tcp-flags": TCP_FLAGS,
  "ct-state": CT_STATES,
  "ct-status": {
    expected: 1,
    "seen-reply": 2,
    assured: 4,
    confirmed: 8,
    snat: 16,
    dnat: 32,
    dying: 512,
  },
  "ct-direction": { original: 0, reply: 1 },
  "packet-type": { host: 0, unicast: 0, broadcast: 1, multicast: 2, other: 3, otherhost: 3 },
  "ether-type": { ip: 0x0800, arp: 0x0806, ip6: 0x86dd, vlan: 0x8100, "8021q": 0x8100 },
  nfproto: { ipv4: 2, ipv6: 10 },
  "fib-type": {
    unspec: 0,
    unicast: 1,
    local: 2,
    broadcast: 3,
    anycast: 4,
    multicast: 5,
    blackhole: 6,
    unreachable: 7,
    prohibit: 8,
    throw: 9,
    nat: 10,
  },
  "arp-operation": { request: 1, reply: 2, rrequest: 3, rreply: 4 },
  boolean: { missing: 0, exists: 1 },
};

/** Null when nobody here knows the name. */
export function constant(domain: Domain, text: unknown): number | null {
  if (typeof text === "number") return text;
  if (typeof text === "boolean") return text ? 1 : 0;
  if (typeof text !== "string") return null;
  const named = TABLES[domain]?.[text.toLowerCase()];
  if (named !== undefined) return named;
  return /^(0x[0-9a-f]+|\d+)$/i.test(text) ? Number(text) : null;
}

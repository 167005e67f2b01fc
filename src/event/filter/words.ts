/** The words of the filter language, and the pcap words it leaves out. */
import { ICMP, ICMP6, NAME_FIELDS, REPORT_FIELDS, SCTP, TCP, UDP } from "./ast.ts";

/** Words that start a term, in the order messages list them. */
export const KEYWORDS = [
  "host",
  "net",
  "src",
  "dst",
  "port",
  "portrange",
  "proto",
  "ip",
  "ip6",
  "arp",
  "tcp",
  "udp",
  "icmp",
  "icmp6",
  "sctp",
] as const;

/** The same of a filter of packets, with names. */
export const NAME_KEYWORDS: readonly string[] = [...KEYWORDS, ...NAME_FIELDS];

/** The same of a filter of a report. */
export const REPORT_KEYWORDS: readonly string[] = [...KEYWORDS, ...REPORT_FIELDS];

/** Other words for a keyword, as kubectl has them. */
export const ALIASES: Readonly<Record<string, string>> = {
  pods: "pod",
  service: "svc",
  services: "svc",
  deployment: "deploy",
  deployments: "deploy",
  nodes: "node",
};

/** Network protocols by the words of pcap. */
export const NETWORK_WORDS: Readonly<Record<string, "ip4" | "ip6" | "arp">> = {
  ip: "ip4",
  ip6: "ip6",
  arp: "arp",
};

/** Protocols whose ports `tcp port` and its like can name. */
export const PORT_PROTOCOL_WORDS: Readonly<Record<string, number>> = {
  tcp: TCP,
  udp: UDP,
  sctp: SCTP,
};

/** Names `proto` takes in place of a number. */
export const PROTOCOL_NAMES: Readonly<Record<string, number>> = {
  icmp: ICMP,
  igmp: 2,
  ipip: 4,
  tcp: TCP,
  udp: UDP,
  gre: 47,
  esp: 50,
  ah: 51,
  icmp6: ICMP6,
  ospf: 89,
  pim: 103,
  vrrp: 112,
  sctp: SCTP,
};

/** A fixed few: `/etc/services` differs from node to node, a filter must not. */
export const PORT_NAMES: Readonly<Record<string, number>> = {
  ssh: 22,
  domain: 53,
  http: 80,
  https: 443,
};

/** Words pcap has and lasthop does not: told apart from typing errors. */
export const UNSUPPORTED: ReadonlySet<string> = new Set(
  ("ether link wlan fddi tr ppp slip rarp decnet atalk aarp iso stp ipx netbeui lat moprc mopdl " +
    "gateway broadcast multicast less greater len vlan mpls pppoed pppoes geneve vxlan protochain " +
    "inbound outbound ifname ifindex on type subtype dir action reason rset ruleset rnr rulenum " +
    "addr1 addr2 addr3 addr4 llc esis isis clnp igrp carp lane metac bcc oam mask").split(" "),
);

/** Own keys only, so that `constructor` is no port name. */
export const lookUp = (table: Readonly<Record<string, number>>, word: string) =>
  Object.hasOwn(table, word) ? table[word] : undefined;

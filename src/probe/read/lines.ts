/**
 * The columns of the lines that the scripts print, by name, in the order in which `bpf/` prints them:
 * read a script's `printf` beside its table. All are separated by tabs; hexadecimal words are eight
 * bytes of the packet as the kernel has them in memory.
 */

type Places<Names extends readonly string[]> =
  & { readonly [Name in Names[number]]: number }
  & { readonly count: number };

/** Names to the places they stand at, from 0; `count` says how many there are. */
function places<const Names extends readonly string[]>(...names: Names): Places<Names> {
  const found: Record<string, number> = { count: names.length };
  names.forEach((name, at) => found[name] = at);
  return found as Places<Names>;
}

/**
 * A packet line, as `bpf/lib/emit.bt` prints it; what a script adds stands after these. `meta` holds
 * pkt_type (8 bits) and the VLAN; `gso` the size and the number of segments; `mac0` and `mac1` the
 * Ethernet addresses; `headers` the family, the protocol and the offset of the transport header;
 * `fragment` IPv6's fragment header; `ip0` to `ip4` the network header, `l0` to `l2` the transport's;
 * `rank` what `bpf/lib/rank.bt` mixed: 16 bits, and what it means of the packet; where packets are
 * counted, 32 bits of the same mixed by a secret, from bit 20 on.
 */
export const PACKET = places(
  ...["letter", "timeNs", "cpu", "skb", "head", "netns", "ifindex", "device", "length"] as const,
  ...["meta", "gso", "mac0", "mac1", "headers", "fragment"] as const,
  ...["ip0", "ip1", "ip2", "ip3", "ip4", "l0", "l1", "l2", "rank"] as const,
);

/** Names of what a script adds to a packet line, to their places in the whole line. */
function afterPacket<const Names extends readonly string[]>(...names: Names) {
  return Object.fromEntries(names.map((name, at) => [name, PACKET.count + at])) as {
    readonly [Name in Names[number]]: number;
  };
}

/** What `drop.bt` and `consume.bt` add to a packet line; the reason is `drop`'s alone. */
export const FREED = afterPacket("function", "reason");
/** What `xdp_driver.bt` adds besides: bytes of the frame, and its address, since there is no skb. */
export const DROPPED_EARLY = afterPacket("function", "reason", "length", "frame");
/** What `icmp_error.bt` adds: type and code of the error that is sent. */
export const SENT_ICMP = afterPacket("type", "code");
/** What `deliver.bt` adds: the address family of the socket that is read. */
export const READ = afterPacket("socketFamily");

/** T, the outer header of the packet line before it: `ports` holds source and destination. */
export const TUNNEL = places(
  ...["letter", "cpu", "skb", "headers", "id", "source0", "source1"] as const,
  ...["destination0", "destination1", "ports", "idAndTtl"] as const,
);

/** Q, the packet that an ICMP error quotes: five words of its network header, one of transport. */
export const QUOTED = places(
  ...["letter", "cpu", "skb", "ip0", "ip1", "ip2", "ip3", "ip4", "l0"] as const,
);

/** C, what conntrack knows of the packet: `info` is ctinfo; addresses are four words of 32 bits. */
export const CONNTRACK = places(
  ...[
    "letter",
    "cpu",
    "skb",
    "info",
    "status",
    "source0",
    "source1",
    "source2",
    "source3",
  ] as const,
  ...["destination0", "destination1", "destination2", "destination3"] as const,
  ...["sourcePort", "destinationPort"] as const,
);

/** J, the rule that drops the packet of the line before it (`netfilter.bt`); `family` by its number. */
export const RULE = places(
  ...["letter", "cpu", "skb", "family", "handle", "position", "table"] as const,
);

/** K, the chain that this rule is in. */
export const RULE_CHAIN = places(...["letter", "cpu", "skb", "chain"] as const);

/** Y, the part of netfilter that refused the packet that died (`refused_*.bt`): its number, the hook's. */
export const REFUSER = places(
  ...["letter", "cpu", "skb", "part", "hook", "table"] as const,
);

/** O, a failed IPv4 lookup (`route.bt`). */
export const ROUTE = places(
  ...["letter", "timeNs", "cpu", "netns", "table", "error", "oif", "iif", "protocol"] as const,
  ...["source0", "destination0", "sourcePort", "destinationPort"] as const,
);

/** P, a failed IPv6 lookup (`route6.bt`). */
export const ROUTE6 = places(
  ...["letter", "timeNs", "cpu", "netns", "table", "error", "oif", "iif", "protocol"] as const,
  ...["source0", "source1", "destination0", "destination1"] as const,
  ...["sourcePort", "destinationPort"] as const,
);

/** N, a change of a neighbour's state (`neighbour.bt`): `family` is 2 or 10, `state` a NUD number. */
export const NEIGHBOUR = places(
  ...[
    "letter",
    "timeNs",
    "cpu",
    "family",
    "device",
    "state",
    "address0",
    "address1",
    "mac",
  ] as const,
);

/**
 * W, a hop on the way of a packet that died (`lib/way.bt`), in words as `lib/record.bt` kept them:
 * `skb` is odd when it was sent; `head` says what the others are; `extra0` to `extra2` are the outer
 * header of a tunnel, or the rest of IPv6's addresses.
 */
export const WAY = places(
  ...["letter", "cpu", "timeNs", "skb", "netns", "ifindex", "device"] as const,
  ...["keptIfindex", "head"] as const,
  ...["ip0", "ip1", "ip2", "l0", "l1", "extra0", "extra1", "extra2"] as const,
);

/**
 * t, the heartbeat (`ready.bt`): lines emitted before it, and the ranks that were in force up to it, of
 * packets that pass and of drops, errors and resets; without them all was told. Of the recorder also how
 * many kept hops of packets that died later ones had taken the place of, and how many such packets had
 * none, perhaps because their flow was busy.
 */
export const TICK = places(
  ...["letter", "timeNs", "emitted", "rank", "dropRank", "overwritten", "spared"] as const,
);
/** b, the heartbeat of one processor. */
export const BEAT = places(...["letter", "timeNs", "cpu"] as const);

/** One line of what a kernel reported about a packet. Every field: `columns.ts`, `docs/event.md`. */
import type { COLUMNS, DIRECTIONS, NETWORKS, PACKET_TYPES, TUNNEL_KINDS } from "./columns.ts";
import type { EventKind } from "./kinds.ts";

export type { EventKind } from "./kinds.ts";
/** To whom a frame is: the kernel's `skb->pkt_type`. */
export type PacketType = typeof PACKET_TYPES[number];
/** The innermost network header. */
export type Network = typeof NETWORKS[number];
/** The encapsulation around a packet. */
export type TunnelKind = typeof TUNNEL_KINDS[number];
/** Which way of its connection a packet goes, by conntrack. */
export type Direction = typeof DIRECTIONS[number];

/** What a column of each type holds once it is decoded. */
interface Values {
  kind: EventKind;
  u64: bigint;
  uint: number;
  hex: string;
  text: string;
  mac: string;
  address: string;
  packetType: PacketType;
  network: Network;
  direction: Direction;
  tunnelKind: TunnelKind;
}

type Columns = typeof COLUMNS[number];
type Required = Extract<Columns, { required: true }>;
type Optional = Exclude<Columns, Required>;
type Fields =
  & { [C in Required as C["name"]]: Values[C["type"]] }
  & { [C in Optional as C["name"]]?: Values[C["type"]] };

/**
 * An event after decoding, as the table of columns says: units and ranges are there. Absent means the
 * kernel did not tell, which is not "none" or zero. Addresses are canonical text (IPv6 as RFC 5952),
 * MACs lower case with colons. `timeNs` is CLOCK_MONOTONIC of its node in nanoseconds, and is never
 * compared with another node's.
 */
export interface Event extends Fields {}

/** What texts in the columns of an event may be, by the type of the column. */
import { DIRECTIONS, NETWORKS, PACKET_TYPES, TUNNEL_KINDS } from "./columns.ts";
import { EVENT_KINDS } from "./kinds.ts";
import { KnownTexts } from "./scan.ts";

/** 1 to 16 hexadecimal digits: a kernel address. */
export const HEX = /^[0-9a-f]{1,16}$/;
/** Six octets in lower case. */
export const MAC = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/;
/** What an address of either family is written with. */
export const ADDRESS = /^[0-9a-f.:]{2,45}$/;

function oneOf<T extends string>(words: readonly T[]): KnownTexts<T> {
  return new KnownTexts(new RegExp(`^(${words.join("|")})$`));
}

/** Texts seen before, by the type of their column. */
export const KNOWN = {
  kind: oneOf(EVENT_KINDS),
  packetType: oneOf(PACKET_TYPES),
  network: oneOf(NETWORKS),
  direction: oneOf(DIRECTIONS),
  tunnelKind: oneOf(TUNNEL_KINDS),
  // A busy node has thousands of packets at once, each with addresses of its own.
  hex: new KnownTexts(HEX, 16_384),
  mac: new KnownTexts(MAC),
  address: new KnownTexts(ADDRESS),
} as const;

/** Texts of a column of up to `max` characters that mean what they say, without any escape. */
export function plainTexts(max: number): KnownTexts {
  return new KnownTexts(new RegExp(`^[ -[\\]-~]{1,${max}}$`));
}

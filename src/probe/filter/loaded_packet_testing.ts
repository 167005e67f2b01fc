/** For tests: what the variables of a script hold for a packet, by laying out its bytes. */
import type { FilterPacket } from "../../event/filter/mod.ts";
import { parseAddress } from "../../event/filter/address.ts";

const FAMILIES = { ip4: 4n, ip6: 6n, arp: 1n } as const;

/** By name without the `$`, for `DEFAULT_VARIABLES`. */
export type Loaded = Record<string, bigint>;

export function load(packet: FilterPacket): Loaded {
  const [sa, sb] = loadAddress(packet.source);
  const [da, db] = loadAddress(packet.destination);
  return {
    fam: packet.network ? FAMILIES[packet.network] : 0n,
    pr: BigInt(packet.protocol ?? 0),
    sa,
    sb,
    da,
    db,
    sp: loadPort(packet.sourcePort),
    dp: loadPort(packet.destinationPort),
    hasports: packet.sourcePort === undefined ? 0n : 1n,
  };
}

function loadAddress(text: string | undefined): [bigint, bigint] {
  const address = text === undefined ? null : parseAddress(text);
  if (address === null) return [0n, 0n];
  const wire = new DataView(new ArrayBuffer(16));
  if (address.version === 4) {
    wire.setUint32(0, Number(address.bits));
    return [BigInt(wire.getUint32(0, true)), 0n];
  }
  wire.setBigUint64(0, address.bits >> 64n);
  wire.setBigUint64(8, address.bits & (1n << 64n) - 1n);
  return [wire.getBigUint64(0, true), wire.getBigUint64(8, true)];
}

function loadPort(port: number | undefined): bigint {
  const wire = new DataView(new ArrayBuffer(2));
  wire.setUint16(0, port ?? 0);
  return BigInt(wire.getUint16(0, true));
}

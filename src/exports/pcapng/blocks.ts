/** Blocks of a pcapng file (draft-ietf-opsawg-pcapng), little-endian. */

const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const ENHANCED_PACKET = 6;
const END_OF_OPTIONS = 0;
const COMMENT = 1;
const APPLICATION = 4;
const INTERFACE_NAME = 2;
const TIME_RESOLUTION = 9;
const PACKET_FLAGS = 2;
/** An option's length has 16 bits. */
const TEXT_BYTES_MAX = 60_000;

/** LINKTYPE_ETHERNET and LINKTYPE_RAW: what the first byte of a frame is. */
export const LINK_TYPES = { ethernet: 1, ip: 101 } as const;

/** What begins a file; the comment is for whoever opens it. */
export const sectionHeader = (comment: string): Uint8Array<ArrayBuffer> => {
  const fixed = new DataView(new ArrayBuffer(16));
  fixed.setUint32(0, 0x1a2b3c4d, true);
  fixed.setUint16(4, 1, true);
  // The section's length is not told in advance.
  fixed.setBigInt64(8, -1n, true);
  return block(SECTION_HEADER, bytesOf(fixed), [[COMMENT, comment], [APPLICATION, "lasthop"]]);
};

/** One interface; interfaces are numbered in the order of their blocks, times are nanoseconds. */
export const interfaceDescription = (
  linkType: number,
  name: string,
): Uint8Array<ArrayBuffer> => {
  const fixed = new DataView(new ArrayBuffer(8));
  fixed.setUint16(0, linkType, true);
  return block(INTERFACE_DESCRIPTION, bytesOf(fixed), [
    [INTERFACE_NAME, name],
    [TIME_RESOLUTION, new Uint8Array([9])],
  ]);
};

/** A packet as an interface saw it. */
export interface SeenPacket {
  /** Index of its interface among those described so far. */
  interfaceIndex: number;
  /** Since 1970, ns. */
  timeNs: bigint;
  /** Its first bytes. */
  captured: Uint8Array;
  /** How many bytes the whole packet had. */
  bytes: number;
  direction: "in" | "out" | null;
  comment: string | null;
}

/** The block of a packet. */
export function enhancedPacket(packet: SeenPacket): Uint8Array<ArrayBuffer> {
  const { interfaceIndex, timeNs, captured, bytes, direction, comment } = packet;
  const body = new Uint8Array(20 + padded(captured.length));
  const fixed = new DataView(body.buffer);
  fixed.setUint32(0, interfaceIndex, true);
  fixed.setUint32(4, Number(timeNs >> 32n & 0xffffffffn), true);
  fixed.setUint32(8, Number(timeNs & 0xffffffffn), true);
  fixed.setUint32(12, captured.length, true);
  fixed.setUint32(16, bytes, true);
  body.set(captured, 20);
  const options: Option[] = [];
  if (comment !== null) options.push([COMMENT, comment]);
  if (direction !== null) {
    options.push([PACKET_FLAGS, new Uint8Array([direction === "in" ? 1 : 2, 0, 0, 0])]);
  }
  return block(ENHANCED_PACKET, body, options);
}

type Option = [code: number, value: string | Uint8Array];

function block(type: number, body: Uint8Array, options: Option[]): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const values = options.map(([code, value]): [number, Uint8Array] => {
    const bytes = typeof value === "string" ? encoder.encode(value) : value;
    return [code, bytes.subarray(0, TEXT_BYTES_MAX)];
  });
  if (values.length > 0) values.push([END_OF_OPTIONS, new Uint8Array(0)]);
  const size = values.reduce((sum, [, value]) => sum + 4 + padded(value.length), 12 + body.length);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, type, true);
  view.setUint32(4, size, true);
  bytes.set(body, 8);
  let at = 8 + body.length;
  for (const [code, value] of values) {
    view.setUint16(at, code, true);
    view.setUint16(at + 2, value.length, true);
    bytes.set(value, at + 4);
    at += 4 + padded(value.length);
  }
  view.setUint32(at, size, true);
  return bytes;
}

/** Everything begins at a multiple of four bytes. */
const padded = (bytes: number) => Math.ceil(bytes / 4) * 4;

const bytesOf = (view: DataView) => new Uint8Array(view.buffer);

/** Which libraries an ELF file names, without running anything of it: it may be of another processor. */

const PT_DYNAMIC = 2;
const PT_LOAD = 1;
const DT_NEEDED = 1n;
const DT_STRTAB = 5n;

interface Segment {
  type: number;
  offset: number;
  address: bigint;
  size: number;
}

/** Names of the libraries that a file needs; null for what is no 64-bit little-endian ELF file. */
export function neededBy(file: Uint8Array<ArrayBuffer>): string[] | null {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const isElf = file.length > 64 && view.getUint32(0) === 0x7f454c46 && file[4] === 2 &&
    file[5] === 1;
  if (!isElf) return null;
  const segments = segmentsOf(view);
  const dynamic = segments.find(({ type }) => type === PT_DYNAMIC);
  if (dynamic === undefined) return [];
  const entries: { tag: bigint; value: bigint }[] = [];
  for (let at = dynamic.offset; at < dynamic.offset + dynamic.size; at += 16) {
    entries.push({ tag: view.getBigInt64(at, true), value: view.getBigUint64(at + 8, true) });
  }
  const table = entries.find(({ tag }) => tag === DT_STRTAB);
  const home = table &&
    segments.find(({ type, address, size }) =>
      type === PT_LOAD && table.value >= address && table.value < address + BigInt(size)
    );
  if (table === undefined || home === undefined) return [];
  const strings = home.offset + Number(table.value - home.address);
  return entries.filter(({ tag }) => tag === DT_NEEDED)
    .map(({ value }) => textAt(file, strings + Number(value)));
}

function segmentsOf(view: DataView): Segment[] {
  const offset = Number(view.getBigUint64(32, true));
  const [size, count] = [view.getUint16(54, true), view.getUint16(56, true)];
  return Array.from({ length: count }, (_, i) => {
    const at = offset + i * size;
    return {
      type: view.getUint32(at, true),
      offset: Number(view.getBigUint64(at + 8, true)),
      address: view.getBigUint64(at + 16, true),
      size: Number(view.getBigUint64(at + 32, true)),
    };
  });
}

function textAt(file: Uint8Array, at: number): string {
  return new TextDecoder().decode(file.subarray(at, file.indexOf(0, at)));
}

/** How many lines of a text differ, without making texts of them. */

/** So many lines of one hash are compared with each other. Who sends more has made them so. */
const ALIKE_MAX = 16;

/**
 * How many of these lines differ. `bytes` are the lines, each with its end, and nothing beside; `ends` the
 * places behind each, ascending.
 */
export function countDistinct(bytes: Uint8Array, ends: readonly number[]): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const hashes = new Int32Array(ends.length);
  // Open addressing: in each slot the number of a line, from 1, or nothing.
  const slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * ends.length + 1)));
  const mask = slots.length - 1;
  let distinct = 0;
  for (let line = 0; line < ends.length; line++) {
    const from = line === 0 ? 0 : ends[line - 1]!;
    const to = ends[line]!;
    const hash = hashes[line] = hashOf(view, from, to);
    let alike = 0;
    for (let slot = hash & mask;; slot = slot + 1 & mask) {
      const other = slots[slot]! - 1;
      if (other < 0) {
        slots[slot] = line + 1;
        distinct++;
        break;
      }
      if (hashes[other] !== hash) continue;
      if (isSame(bytes, other === 0 ? 0 : ends[other - 1]!, ends[other]!, from, to)) break;
      if (++alike === ALIKE_MAX) return byTexts(bytes, ends);
    }
  }
  return distinct;
}

function hashOf(view: DataView, from: number, to: number): number {
  let hash = to - from;
  let at = from;
  for (; at + 4 <= to; at += 4) {
    hash = Math.imul(hash ^ view.getInt32(at, true), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  for (; at < to; at++) hash = Math.imul(hash, 31) + view.getUint8(at) | 0;
  return hash ^ hash >>> 13;
}

function isSame(
  bytes: Uint8Array,
  from: number,
  to: number,
  otherFrom: number,
  otherTo: number,
): boolean {
  if (to - from !== otherTo - otherFrom) return false;
  for (let i = from, k = otherFrom; i < to; i++, k++) if (bytes[i] !== bytes[k]) return false;
  return true;
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

const byTexts = (bytes: Uint8Array, ends: readonly number[]): number =>
  new Set(ends.map((end, i) => decoder.decode(bytes.subarray(ends[i - 1] ?? 0, end)))).size;

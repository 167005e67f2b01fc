/** Expressions of bpftrace that are written out for what a trace asks. */

/** Whether `$ns` is one of these namespaces; null: any. */
export function netnsExpression(netns: readonly number[] | null): string {
  if (netns === null) return "1 == 1";
  if (netns.length === 0) return "1 == 0";
  if (netns.length === 1) return `$ns == ${netns[0]}`;
  // Numbers of 32 bits are no operands of an instruction: each would take a register of its own for
  // the whole program, and push others to its stack of 512 bytes. Halves of them are.
  const low = (inode: number) => `($ns & 65535) == ${inode & 0xffff}`;
  return [...Map.groupBy(netns, (inode) => inode >>> 16)].map(([high, some]) =>
    `(($ns >> 16) == ${high} && (${some.map(low).join(" || ")}))`
  ).join(" || ");
}

/** Whether a destination port is one of these, of the outermost UDP header: as it is loaded, bytes turned round. */
export function portsExpression(ports: readonly number[], variable = "$odp"): string {
  if (ports.length === 0) return "1 == 0";
  return ports.map((port) => `${variable} == ${((port & 0xff) << 8) | (port >> 8)}`).join(" || ");
}

/** `@le4(array, 12)`: bytes of an array from one on as a word; of `@le8` eight. */
export const littleEndians = (text: string): string =>
  text.replace(
    /@le([48])\(([^,]+), (\d+)\)/g,
    (_, size, array, from) => littleEndian(array, +from, +size),
  );

function littleEndian(array: string, from: number, size: number): string {
  const bytes = Array.from(
    { length: size },
    (_, i) => `((uint64)${array}[${from + i}] << ${i * 8})`,
  );
  return `(${bytes.join(" + ")})`;
}

/** So many processors beat at 100 ms each; where there are more, each beats as much less often. */
const BEATING = 16;

/** How often each processor tells how far it was read, ms. */
const beatMs = (cpus: number): number => 100 * Math.max(1, Math.ceil(cpus / BEATING));

/** In so many beats in a row the same processor marks what it tells. */
const BEATS_IN_TURN = 4;

/** How often processors tell how far they were read, and whose turn it is to mark that. */
export const beating = (text: string, cpus = 1): string =>
  text.replaceAll("@beatMs", String(beatMs(cpus)))
    .replaceAll("@slotNs", String(BEATS_IN_TURN * beatMs(cpus) * 1_000_000))
    .replaceAll("@cpus", String(cpus));

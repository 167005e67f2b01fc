/** Writes BTF as the kernel does, for tests of its reader. */
type Members = [name: string, type: number, offsetBits: number][];

export type BtfType =
  | { kind: "int"; name: string; size: number }
  | { kind: "array"; of: number; length: number }
  | { kind: "struct" | "union"; name: string; members: Members; bitFields?: boolean }
  | { kind: "enum" | "enum64"; name: string; values: [name: string, value: number][] }
  | { kind: "forward"; name: string }
  | { kind: "pointer"; of: number }
  | { kind: "typedef"; name: string; of: number };

const KINDS = {
  int: 1,
  pointer: 2,
  array: 3,
  struct: 4,
  union: 5,
  enum: 6,
  forward: 7,
  typedef: 8,
  enum64: 19,
} as const;

/** `first`: where type ids and strings of a module begin, after those of its base. */
export function btfBytes(
  types: readonly BtfType[],
  first: { types: number; strings: number } = { types: 1, strings: 0 },
): Uint8Array {
  // Only the kernel's own BTF begins with the empty string; a module's takes it from there.
  const strings = stringsOf(types).slice(first.strings === 0 ? 0 : 1);
  const words = types.flatMap((type) => wordsOf(type, (name) => nameAt(strings, name, first)));
  const bytes = new Uint8Array(24 + words.length * 4 + strings.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0xeb9f, true);
  view.setUint8(2, 1);
  const header = [24, 0, words.length * 4, words.length * 4, strings.length];
  header.forEach((word, i) => view.setUint32(4 + i * 4, word, true));
  words.forEach((word, i) => view.setUint32(24 + i * 4, word >>> 0, true));
  bytes.set(new TextEncoder().encode(strings), 24 + words.length * 4);
  return bytes;
}

export function stringsSizeOf(types: readonly BtfType[]): number {
  return stringsOf(types).length;
}

function wordsOf(type: BtfType, at: (name: string) => number): number[] {
  const head = (count: number, size: number, flag = 0) => [
    "name" in type ? at(type.name) : 0,
    (flag << 31) | (KINDS[type.kind] << 24) | count,
    size,
  ];
  switch (type.kind) {
    case "int":
      return [...head(0, type.size), type.size * 8];
    case "array":
      return [...head(0, 0), type.of, 1, type.length];
    case "struct":
    case "union":
      return [
        ...head(type.members.length, 0, type.bitFields ? 1 : 0),
        ...type.members.flatMap(([name, of, offset]) => [
          at(name),
          of,
          // With bit fields the upper byte is the size, here of one bit.
          type.bitFields ? (1 << 24) | offset : offset,
        ]),
      ];
    case "enum":
      return [
        ...head(type.values.length, 4),
        ...type.values.flatMap(([name, value]) => [at(name), value]),
      ];
    case "enum64":
      return [
        ...head(type.values.length, 8),
        ...type.values.flatMap(([name, value]) => [at(name), value, 0]),
      ];
    case "forward":
      return head(0, 0);
    case "pointer":
    case "typedef":
      return head(0, type.of);
  }
}

function stringsOf(types: readonly BtfType[]): string {
  const names = types.flatMap((type) => [
    "name" in type ? type.name : "",
    ...("members" in type ? type.members : "values" in type ? type.values : []).map(([n]) => n),
  ]);
  return `\0${[...new Set(names)].filter((name) => name !== "").map((n) => `${n}\0`).join("")}`;
}

function nameAt(strings: string, name: string, first: { strings: number }): number {
  return name === "" ? 0 : first.strings + `\0${strings}`.indexOf(`\0${name}\0`);
}

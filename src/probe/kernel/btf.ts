/**
 * A reader of BTF, the kernel's description of its own types: which values an enum has, which
 * members a struct. One pass finds where each type begins; names are decoded only when asked for.
 */
import { countOf, KIND, kindOf, malformed, trailerOf, TRANSPARENT } from "./btf_layout.ts";

const MAGIC = 0xeb9f;
const MEMBERS_DEEP_MAX = 16;

/** A member of a struct or union. */
export interface Member {
  name: string;
  /** Bits from the start of the struct asked for, also for members of anonymous structs in it. */
  offsetBits: number;
  /** Id of its type, for `Btf.type`. */
  type: number;
}

/** A type as stored; its words are what follows the first twelve bytes. */
export interface RawType {
  /** `BTF_KIND_*` of linux/btf.h; those used here are `KIND`. */
  kind: number;
  name: string;
  /** The word that packs kind, count and flag, as stored. */
  info: number;
  /**
   * Bytes of a struct, union, enum or number; the type id of what a pointer or typedef refers to.
   */
  size: number;
  /** Members, values or parameters. */
  count: number;
  words: number[];
}

/** Types of a kernel or a module, by name and by id. */
export interface Btf {
  /** Values of the enum by name of the value, in the kernel's order; null when there is none. */
  enumOf(name: string): Map<string, number> | null;
  /** Members of the struct; null when there is none, or only a forward declaration of it. */
  membersOf(name: string): Member[] | null;
  /**
   * Bits from the start of a struct to a member of a member, as `["tuplehash", "tuple"]`; arrays
   * count at their first element. Null when a step is missing.
   */
  offsetOf(struct: string, path: readonly string[]): number | null;
  /** Id of the struct, union, enum or typedef of this name. */
  idOf(name: string): number | null;
  type(id: number): RawType | null;
  /** Name at an offset that a type's words hold. */
  string(offset: number): string;
}

/**
 * Reads the BTF of vmlinux, or, given that as its `base`, the BTF of a module. Throws LasthopError
 * `btf_malformed` when it is cut short or has kinds of types that are newer than this reader.
 */
export function readBtf(bytes: Uint8Array, base?: Btf): Btf {
  return new Reader(bytes, base as Reader | undefined);
}

class Reader implements Btf {
  readonly #view: DataView;
  readonly #bytes: Uint8Array;
  readonly #base: Reader | undefined;
  readonly #stringsAt: number;
  readonly #stringsEnd: number;
  /** Where string offsets of this file begin: those of a module go on where its base ends. */
  readonly #firstString: number;
  readonly #firstType: number;
  /** Byte offset of each type, by id less `#firstType`. */
  readonly #typesAt: Uint32Array;
  readonly #count: number;

  constructor(bytes: Uint8Array, base: Reader | undefined) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#base = base;
    const view = this.#view;
    if (bytes.length < 24 || view.getUint16(0, true) !== MAGIC) {
      throw malformed("no little-endian BTF header");
    }
    const headerEnd = view.getUint32(4, true);
    const typesAt = headerEnd + view.getUint32(8, true);
    const typesEnd = typesAt + view.getUint32(12, true);
    this.#stringsAt = headerEnd + view.getUint32(16, true);
    this.#stringsEnd = this.#stringsAt + view.getUint32(20, true);
    if (typesEnd > bytes.length || this.#stringsEnd > bytes.length) throw malformed("cut short");
    this.#firstString = base?.stringsSize ?? 0;
    this.#firstType = base?.typesSize ?? 1;
    // No type is shorter than its 12 bytes.
    this.#typesAt = new Uint32Array((typesEnd - typesAt) / 12 | 0);
    this.#count = this.#indexTypes(typesAt, typesEnd);
  }

  get stringsSize(): number {
    return this.#firstString + this.#stringsEnd - this.#stringsAt;
  }

  /** One more than the last type id. */
  get typesSize(): number {
    return this.#firstType + this.#count;
  }

  enumOf(name: string): Map<string, number> | null {
    const at = this.#find(name, KIND.ENUM, KIND.ENUM64);
    if (at === null) return this.#base?.enumOf(name) ?? null;
    const size = kindOf(this.#info(at)) === KIND.ENUM ? 8 : 12;
    const values = new Map<string, number>();
    for (let i = 0; i < countOf(this.#info(at)); i++) {
      const value = at + 12 + i * size;
      // Drop reasons and the like are 32 bits, also where their enum is stored with 64.
      values.set(this.#nameAt(value), this.#view.getUint32(value + 4, true));
    }
    return values;
  }

  membersOf(name: string): Member[] | null {
    const at = this.#find(name, KIND.STRUCT, KIND.UNION);
    if (at === null) return this.#base?.membersOf(name) ?? null;
    return this.#members(at, 0, 0);
  }

  offsetOf(struct: string, path: readonly string[]): number | null {
    let members = this.membersOf(struct);
    let offset = 0;
    for (const [depth, name] of path.entries()) {
      const member = members?.find((each) => each.name === name);
      if (!member) return null;
      offset += member.offsetBits;
      if (depth < path.length - 1) members = this.#membersOfType(member.type);
    }
    return offset;
  }

  idOf(name: string): number | null {
    const at = this.#find(name, KIND.STRUCT, KIND.UNION, KIND.ENUM, KIND.ENUM64, KIND.TYPEDEF);
    if (at === null) return this.#base?.idOf(name) ?? null;
    return this.#firstType + this.#typesAt.indexOf(at);
  }

  type(id: number): RawType | null {
    const found = this.#type(id);
    if (!found) return null;
    const { reader, at } = found;
    const info = reader.#info(at);
    const [kind, count] = [kindOf(info), countOf(info)];
    const words = Array.from(
      { length: trailerOf(kind, count) / 4 },
      (_, i) => reader.#view.getUint32(at + 12 + i * 4, true),
    );
    const size = reader.#view.getUint32(at + 8, true);
    return { kind, name: reader.#nameAt(at), info, size, count, words };
  }

  #membersOfType(id: number): Member[] | null {
    let type = id;
    for (let steps = 0; steps < MEMBERS_DEEP_MAX; steps++) {
      const found = this.#type(type);
      if (!found) return null;
      const { reader, at } = found;
      const kind = kindOf(reader.#info(at));
      if (kind === KIND.STRUCT || kind === KIND.UNION) return reader.#members(at, 0, 0);
      if (kind === KIND.ARRAY) type = reader.#view.getUint32(at + 12, true);
      else if (TRANSPARENT.has(kind)) type = reader.#view.getUint32(at + 8, true);
      else return null;
    }
    return null;
  }

  #members(at: number, offsetBits: number, depth: number): Member[] {
    const info = this.#info(at);
    const members: Member[] = [];
    for (let i = 0; i < countOf(info); i++) {
      const member = at + 12 + i * 12;
      const name = this.#nameAt(member);
      const type = this.#view.getUint32(member + 4, true);
      const word = this.#view.getUint32(member + 8, true);
      // With bit fields in the struct, the upper byte is the size.
      const offset = offsetBits + (info >>> 31 ? word & 0xffffff : word);
      if (name !== "") {
        members.push({ name, offsetBits: offset, type });
        continue;
      }
      const inner = this.#type(type);
      if (inner && depth < MEMBERS_DEEP_MAX) {
        const kind = kindOf(inner.reader.#info(inner.at));
        if (kind !== KIND.STRUCT && kind !== KIND.UNION) continue;
        members.push(...inner.reader.#members(inner.at, offset, depth + 1));
      }
    }
    return members;
  }

  #indexTypes(from: number, end: number): number {
    let count = 0;
    let at = from;
    while (at + 12 <= end) {
      this.#typesAt[count++] = at;
      const info = this.#info(at);
      at += 12 + trailerOf(kindOf(info), countOf(info));
    }
    if (at !== end) throw malformed("types do not end where they should");
    return count;
  }

  /** The type with this name and one of these kinds, defined in this file. */
  #find(name: string, ...kinds: number[]): number | null {
    const names = this.#stringOffsets(name);
    if (names.length === 0) return null;
    for (const at of this.#typesAt.subarray(0, this.#count)) {
      if (!names.includes(this.#view.getUint32(at, true))) continue;
      if (kinds.includes(kindOf(this.#info(at)))) return at;
    }
    return null;
  }

  #type(id: number): { reader: Reader; at: number } | null {
    if (id < this.#firstType) return this.#base ? this.#base.#type(id) : null;
    const at = id - this.#firstType < this.#count ? this.#typesAt[id - this.#firstType] : undefined;
    return at === undefined ? null : { reader: this, at };
  }

  #info(at: number): number {
    return this.#view.getUint32(at + 4, true);
  }

  #nameAt(at: number): string {
    return this.string(this.#view.getUint32(at, true));
  }

  string(offset: number): string {
    if (this.#base && offset < this.#firstString) return this.#base.string(offset);
    const from = this.#stringsAt + offset - this.#firstString;
    const end = this.#bytes.indexOf(0, from);
    return new TextDecoder().decode(this.#bytes.subarray(from, end < 0 ? from : end));
  }

  /** Offsets at which the string is stored: at most one in this file and one in its base. */
  #stringOffsets(name: string): number[] {
    const offsets = this.#base ? this.#base.#stringOffsets(name) : [];
    const wanted = new TextEncoder().encode(`${name}\0`);
    const [first = 0] = wanted;
    const end = this.#stringsEnd - wanted.length;
    let at = this.#stringsAt - 1;
    while ((at = this.#bytes.indexOf(first, at + 1)) >= 0 && at <= end) {
      if (at > this.#stringsAt && this.#bytes[at - 1] !== 0) continue;
      if (!wanted.every((byte, i) => this.#bytes[at + i] === byte)) continue;
      offsets.push(at - this.#stringsAt + this.#firstString);
      break;
    }
    return offsets;
  }
}

/**
 * An excerpt of BTF: the types a program names, and what is part of them. bpftrace looks types up
 * by walking all of them, for every cast and member in a program; of the kernel's 130,000 types our
 * scripts need some 600, and attaching takes a sixth of the time.
 */
import type { Btf, RawType } from "./btf.ts";
import { KIND, TRANSPARENT } from "./btf_layout.ts";

/** What the excerpt must have. */
export interface Wanted {
  /** Structs, unions, enums and typedefs, by name; those that do not exist are left out. */
  types: Iterable<string>;
  /** Names of members whose pointers keep their target; other pointers become `void *`. */
  members: ReadonlySet<string>;
}

/** BTF with the wanted types and what is part of them. Ids are new: 1 to the number of types. */
export function excerptBtf(btf: Btf, wanted: Wanted): Uint8Array {
  const excerpt = new Excerpt(btf, wanted.members);
  for (const name of wanted.types) {
    const id = btf.idOf(name);
    if (id !== null) excerpt.keep(id);
  }
  return excerpt.bytes();
}

const VOID = 0;

class Excerpt {
  readonly #btf: Btf;
  readonly #followed: ReadonlySet<string>;
  /** Id of a type in the whole BTF → its id in the excerpt. */
  readonly #kept = new Map<number, number>();
  readonly #pointersTo = new Map<number, number>();
  readonly #types: number[][] = [];
  readonly #strings: Uint8Array[] = [new Uint8Array(1)];
  readonly #stringAt = new Map([["", 0]]);
  #stringsSize = 1;

  constructor(btf: Btf, followed: ReadonlySet<string>) {
    this.#btf = btf;
    this.#followed = followed;
  }

  keep(id: number): number {
    const here = this.#kept.get(id);
    if (here !== undefined) return here;
    const type = id === VOID ? null : this.#btf.type(id);
    if (!type) return VOID;
    // A type tag (`__user`, `__rcu`) says nothing that bpftrace needs: the type behind it is kept.
    if (type.kind === KIND.TYPE_TAG) return this.keep(type.size);
    if (type.kind === KIND.POINTER) return this.#pointerTo(this.#pointee(type, false));
    // Reserved before its parts are kept: a struct may lead back to itself.
    const index = this.#types.push([]) - 1;
    this.#kept.set(id, index + 1);
    this.#types[index] = this.#rewrite(type);
    return index + 1;
  }

  bytes(): Uint8Array {
    const words = this.#types.flat();
    const bytes = new Uint8Array(24 + words.length * 4 + this.#stringsSize);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, 0x0001eb9f, true);
    const header = [24, 0, words.length * 4, words.length * 4, this.#stringsSize];
    header.forEach((word, i) => view.setUint32(4 + i * 4, word, true));
    words.forEach((word, i) => view.setUint32(24 + i * 4, word, true));
    let at = 24 + words.length * 4;
    for (const string of this.#strings) {
      bytes.set(string, at);
      at += string.length;
    }
    return bytes;
  }

  #rewrite({ kind, name, info, size, words }: RawType): number[] {
    const head = [this.#string(name), info];
    switch (kind) {
      case KIND.ARRAY: {
        const [element = VOID, index = VOID, length = 0] = words;
        return [...head, size, this.keep(element), this.keep(index), length];
      }
      case KIND.STRUCT:
      case KIND.UNION: {
        const members = words.flatMap((word, i) => {
          if (i % 3 !== 0) return [];
          const member = this.#btf.string(word);
          const [type = VOID, offset = 0] = words.slice(i + 1, i + 3);
          return [this.#string(member), this.#member(type, member), offset];
        });
        return [...head, size, ...members];
      }
      case KIND.ENUM:
      case KIND.ENUM64: {
        const step = kind === KIND.ENUM ? 2 : 3;
        const name = (word: number) => this.#string(this.#btf.string(word));
        return [...head, size, ...words.map((word, i) => i % step === 0 ? name(word) : word)];
      }
      case KIND.INT:
      case KIND.FLOAT:
        return [...head, size, ...words];
      default:
        if (TRANSPARENT.has(kind)) return [...head, this.keep(size)];
        // A forward declaration stays one; functions are only pointed at, and no longer are.
        return [...head, size, ...words];
    }
  }

  #member(id: number, name: string): number {
    const type = this.#plain(id);
    if (type?.kind !== KIND.POINTER) return this.keep(id);
    return this.#pointerTo(this.#pointee(type, this.#followed.has(name)));
  }

  #pointee(pointer: RawType, followed: boolean): number {
    const target = this.#plain(pointer.size);
    if (target?.kind === KIND.INT) return this.keep(pointer.size);
    const isRecord = target?.kind === KIND.STRUCT || target?.kind === KIND.UNION;
    return followed && isRecord ? this.keep(pointer.size) : VOID;
  }

  #pointerTo(target: number): number {
    const known = this.#pointersTo.get(target);
    if (known !== undefined) return known;
    const id = this.#types.push([0, KIND.POINTER << 24, target]);
    this.#pointersTo.set(target, id);
    return id;
  }

  /** The type behind typedefs and qualifiers. */
  #plain(id: number): RawType | null {
    let type = this.#btf.type(id);
    while (type && TRANSPARENT.has(type.kind)) type = this.#btf.type(type.size);
    return type;
  }

  #string(text: string): number {
    const known = this.#stringAt.get(text);
    if (known !== undefined) return known;
    const bytes = new TextEncoder().encode(`${text}\0`);
    const at = this.#stringsSize;
    this.#strings.push(bytes);
    this.#stringsSize += bytes.length;
    this.#stringAt.set(text, at);
    return at;
  }
}

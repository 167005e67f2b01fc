/**
 * Texts by id that are kept for long, read seldom and often replaced: the items of a report. Those that
 * came last are kept as they are, because they are the ones that are looked at and that change again;
 * of more than so many the oldest are compressed together.
 */
import {
  bytesIn,
  type Compression,
  type Pack,
  PACK_CHARS,
  type Packed,
  packOf,
  type Spelling,
  Unpacker,
} from "./packs.ts";

/** Characters of texts that are kept as they are. */
const LOOSE_CHARS_MAX = 1024 * 1024;
/** Packs that are made for one change of a report, at a third of a millisecond each: others wait meanwhile. */
const PACKS_PER_CHANGE = 48;

/** A text where it is kept. */
export type KeptText = string | Packed;

/** The texts of one list. Where nothing compresses, all stay as they are. */
export class PackedTexts {
  readonly #texts = new Map<string, KeptText>();
  /** Those that are in no pack, in the order in which they came. */
  readonly #loose = new Set<string>();
  #looseChars = 0;
  /** How many texts of each pack are still of use. */
  readonly #inUse = new Map<Pack, number>();
  readonly #unpacker: Unpacker | null;
  /** Characters of all texts; of those in packs it is their bytes. */
  chars = 0;

  constructor(readonly compression: Compression | null) {
    this.#unpacker = compression && new Unpacker(compression);
  }

  get size(): number {
    return this.#texts.size;
  }

  has(id: string): boolean {
    return this.#texts.has(id);
  }

  get(id: string): string | undefined {
    const text = this.#texts.get(id);
    return typeof text === "object" ? this.#unpacker!.textOf(text) : text;
  }

  /** A text as it is kept: it stays what it is when another one takes its place. */
  kept(id: string): KeptText | undefined {
    return this.#texts.get(id);
  }

  set([id, text]: Spelling): void {
    this.#leave(id);
    this.#texts.set(id, text);
    this.#loose.add(id);
    this.#looseChars += text.length;
    this.chars += text.length;
  }

  /** Texts that were compressed elsewhere. */
  add(pack: Pack): void {
    for (const [index, id] of pack.ids.entries()) {
      this.#leave(id);
      this.#put(id, { pack, index });
    }
  }

  delete(id: string): void {
    this.#leave(id);
    this.#texts.delete(id);
  }

  /** Compresses what is too much. What is not done for one change is left to those after it. */
  settle(packsMax = PACKS_PER_CHANGE): void {
    for (let i = 0; i < packsMax && this.#looseChars > LOOSE_CHARS_MAX; i++) this.#packSome();
  }

  #packSome(): void {
    if (this.compression === null) return;
    const spellings: Spelling[] = [];
    let chars = 0;
    for (const id of this.#loose) {
      const text = this.get(id)!;
      spellings.push([id, text]);
      chars += text.length;
      if (chars >= PACK_CHARS) break;
    }
    this.add(packOf(spellings, this.compression));
  }

  #put(id: string, packed: Packed): void {
    this.#texts.set(id, packed);
    this.#inUse.set(packed.pack, (this.#inUse.get(packed.pack) ?? 0) + 1);
    this.chars += bytesIn(packed);
  }

  /** The text of an id is of use no more, where there is one. */
  #leave(id: string): void {
    const text = this.#texts.get(id);
    if (text === undefined) return;
    if (typeof text === "string") {
      this.#loose.delete(id);
      this.#looseChars -= text.length;
      this.chars -= text.length;
      return;
    }
    this.chars -= bytesIn(text);
    // It is no more in the pack, should that be taken apart now.
    this.#texts.set(id, "");
    const inUse = this.#inUse.get(text.pack)! - 1;
    this.#inUse.set(text.pack, inUse);
    if (inUse < text.pack.ids.length / 2) this.#takeApart(text.pack);
  }

  /** Most of a pack is of no use: the rest goes to other packs, so that its memory is free. */
  #takeApart(pack: Pack): void {
    this.#inUse.delete(pack);
    for (const [index, id] of pack.ids.entries()) {
      const kept = this.#texts.get(id);
      if (typeof kept !== "object" || kept.pack !== pack || kept.index !== index) continue;
      const text = this.#unpacker!.textOf(kept);
      this.chars += text.length - bytesIn(kept);
      this.#texts.set(id, text);
      this.#loose.add(id);
      this.#looseChars += text.length;
    }
  }
}

/** Texts one after the other, each of whole characters, which are unpacked when somebody reads them. */
export class TextPieces implements Iterable<string> {
  /** Of all, as near as matters for a bound. */
  readonly chars: number;
  /** What they take as they are kept. */
  readonly bytes: number;
  readonly #unpacker: Unpacker | null;

  constructor(readonly texts: readonly KeptText[], readonly compression: Compression | null) {
    let [chars, bytes] = [0, 0];
    const packs = new Set<Pack>();
    for (const text of texts) {
      if (typeof text === "string") {
        chars += text.length;
        bytes += text.length;
      } else {
        chars += bytesIn(text);
        packs.add(text.pack);
      }
    }
    for (const { compressed } of packs) bytes += compressed.length;
    this.chars = chars;
    this.bytes = bytes;
    this.#unpacker = compression && new Unpacker(compression);
  }

  /** A text by its place. */
  at(index: number): string {
    const text = this.texts[index]!;
    return typeof text === "string" ? text : this.#unpacker!.textOf(text);
  }

  *[Symbol.iterator](): Generator<string> {
    // Of its own: who reads one after the other is not to be disturbed by others.
    const unpacker = this.compression && new Unpacker(this.compression);
    for (const text of this.texts) yield typeof text === "string" ? text : unpacker!.textOf(text);
  }

  /** All of them as one text. */
  joined(): string {
    return [...this].join("");
  }
}

/** A report as its texts, brought on by what changes: the whole JSON is joined when somebody asks for it. */
import type { Report } from "../../event/report.ts";
import { Sequence } from "../../event/sequence.ts";
import type { Counts } from "./counts.ts";
import { type KeptText, PackedTexts, TextPieces } from "./packed_texts.ts";
import type { Compression, Pack, Spelling } from "./packs.ts";
import {
  type ListChange,
  type ListName,
  LISTS,
  type ReportChange,
  type SpelledReport,
} from "./spelled.ts";

/** The texts of one list. */
class ListText {
  readonly #texts: PackedTexts;
  readonly #order = new Sequence<string>();

  constructor(items: Iterable<Spelling | Pack>, compression: Compression | null) {
    this.#texts = new PackedTexts(compression);
    for (const one of items) {
      if ("ids" in one) this.#texts.add(one);
      else {
        this.#texts.set(one);
        this.#texts.settle(1);
      }
      for (const id of "ids" in one ? one.ids : [one[0]]) this.#order.push(id);
    }
  }

  /** Characters of the list as JSON, as near as matters. */
  get chars(): number {
    return this.#texts.chars + this.#texts.size;
  }

  apply({ set, gone, places, order }: ListChange): void {
    for (const id of gone) {
      this.#texts.delete(id);
      this.#order.delete(id);
    }
    for (const one of set) {
      if (!this.#texts.has(one[0])) this.#order.push(one[0]);
      this.#texts.set(one);
    }
    this.#texts.settle();
    if (order !== undefined) {
      this.#order.clear();
      for (const id of order) this.#order.push(id);
    }
    for (const [id] of places ?? []) this.#order.delete(id);
    for (const [id, index] of places ?? []) this.#order.insertAt(index, id);
  }

  /** The text of an item. */
  get(id: string): string | undefined {
    return this.#texts.get(id);
  }

  /** Ids, in their order. */
  get ids(): Iterable<string> {
    return this.#order;
  }

  /** As JSON, in pieces. */
  *pieces(): Iterable<KeptText> {
    let between = "[";
    for (const id of this.#order) {
      yield between;
      yield this.#texts.kept(id)!;
      between = ",";
    }
    yield between === "[" ? "[]" : "]";
  }
}

/** The texts of one incident's report. */
export class ReportText {
  readonly #members: readonly string[];
  readonly #parts: Map<string, string>;
  readonly #lists = {} as Record<ListName, ListText>;
  #counts: Counts;
  #json: string | null = null;
  #pieces: TextPieces | null = null;

  /** `compression`: of more texts than a little the most are kept compressed. */
  constructor(
    { members, parts, lists, counts }: SpelledReport,
    readonly compression: Compression | null = null,
  ) {
    this.#members = members;
    this.#parts = new Map(parts);
    this.#counts = counts;
    for (const name of LISTS) this.#lists[name] = new ListText(lists[name], compression);
  }

  /** What its flows add up to. */
  get counts(): Counts {
    return this.#counts;
  }

  /** Characters of the JSON, as near as matters for a bound. */
  get chars(): number {
    let sum = 0;
    for (const text of this.#parts.values()) sum += text.length;
    for (const name of LISTS) sum += this.#lists[name].chars;
    return sum;
  }

  /** Becomes the next report. */
  apply({ parts, lists, counts }: ReportChange): void {
    this.#json = null;
    this.#pieces = null;
    this.#counts = counts;
    for (const [name, text] of parts) this.#parts.set(name, text);
    for (const name of LISTS) if (lists[name] !== undefined) this.#lists[name].apply(lists[name]);
  }

  /** The JSON of a member; undefined: there is none. */
  part(name: string): string | undefined {
    return name in this.#lists
      ? new TextPieces([...this.#lists[name as ListName].pieces()], this.compression).joined()
      : this.#parts.get(name);
  }

  /** Ids of the items of a list, in their order. */
  ids(name: ListName): Iterable<string> {
    return this.#lists[name].ids;
  }

  /** The JSON of an item of a list; undefined: there is none. */
  item(name: ListName, id: string): string | undefined {
    return this.#lists[name].get(id);
  }

  /** The report as an object, read item by item: its whole text is never there. */
  report(): Report {
    const members = this.#members.map((name) => [
      name,
      name in this.#lists
        ? Array.from(
          this.ids(name as ListName),
          (id) => JSON.parse(this.item(name as ListName, id)!),
        )
        : JSON.parse(this.#parts.get(name)!),
    ]);
    return Object.fromEntries(members) as Report;
  }

  /**
   * The whole report as JSON, in pieces that are whole characters: the texts as they are kept, so that they
   * need no memory of their own, and all who ask share the list. What is told of later is not in it.
   */
  pieces(): TextPieces {
    return this.#pieces ??= new TextPieces(this.#listed(), this.compression);
  }

  #listed(): KeptText[] {
    const pieces: KeptText[] = [];
    let between = "{";
    for (const name of this.#members) {
      pieces.push(`${between}${JSON.stringify(name)}:`);
      if (name in this.#lists) {
        for (const piece of this.#lists[name as ListName].pieces()) pieces.push(piece);
      } else pieces.push(this.#parts.get(name)!);
      between = ",";
    }
    pieces.push(between === "{" ? "{}" : "}");
    return pieces;
  }

  /** The whole report as JSON. */
  json(): string {
    return this.#json ??= this.pieces().joined();
  }
}

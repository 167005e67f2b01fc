/** Flows or exchanges as a report shows them, from one report to the next. Rule D5. */
import { changeInOrder, type Compare } from "../view/ordered.ts";
import { noteChange } from "./list_change.ts";

/** What went, and what came. */
export interface Difference<T> {
  gone: readonly T[];
  come: readonly T[];
}

/** Items by their ids, in the order of the report. Only what was touched is looked at. */
export class Shown<T extends { id: string }> {
  readonly #base = new Map<string, T>();
  readonly #shown = new Map<string, T>();
  readonly #touched = new Set<string>();
  #items: T[] = [];

  /** `compare` may ask for nothing that `dress` of `tell` changes; no two items are equal by it. */
  constructor(readonly compare: Compare<T>) {}

  /** In their order. Another array after each change; nobody changes it. */
  get items(): T[] {
    return this.#items;
  }

  /** How the item was concluded, before anything of others was said in it. */
  get(id: string): T | undefined {
    return this.#base.get(id);
  }

  /** All of them, as they were concluded. */
  get all(): Iterable<T> {
    return this.#base.values();
  }

  /** Takes items out, and others in. */
  change({ gone, come }: Difference<T>): void {
    for (const item of gone) {
      if (this.#base.get(item.id) === item) this.#base.delete(item.id);
      this.#touched.add(item.id);
    }
    for (const item of come) {
      this.#base.set(item.id, item);
      this.#touched.add(item.id);
    }
  }

  /** It may be shown otherwise now. */
  touch(id: string): void {
    if (this.#base.has(id)) this.#touched.add(id);
  }

  touchAll(): void {
    for (const id of this.#base.keys()) this.#touched.add(id);
  }

  /** Shows what was touched, with what others say in it; the same object where that is the same. */
  tell(dress: (item: T) => T): void {
    const [gone, come]: [T[], T[]] = [[], []];
    for (const id of this.#touched) {
      const base = this.#base.get(id);
      const before = this.#shown.get(id);
      const now = base && dress(base);
      if (now === before) continue;
      if (before) gone.push(before);
      if (now) {
        come.push(now);
        this.#shown.set(id, now);
      } else this.#shown.delete(id);
    }
    this.#touched.clear();
    if (gone.length + come.length === 0) return;
    const before = this.#items;
    this.#items = changeInOrder(before.slice(), this.compare, gone, come);
    noteChange(this.#items, before, this.compare, { gone, come });
  }
}

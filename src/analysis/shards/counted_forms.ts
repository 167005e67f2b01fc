/**
 * Which forms were counted: what is said of a counted flow rests on all of its packets that were told, so
 * the hub looks at them although nothing is wrong with one. Rules D3 and O24.
 */
import { formKey, formOf } from "../correlate/identity.ts";
import type { Batch } from "../view/input.ts";

/** The forms that the hub's own events count, from one report to the next. */
export class CountedForms {
  /** Forms by the batch that counts packets of them. */
  readonly #byBatch = new Map<Batch, readonly string[]>();
  /** How many batches count packets of a form. */
  readonly #batches = new Map<string, number>();

  /** All batches that there are now; one that is given again must be the same object. */
  take(batches: readonly Batch[]): void {
    const now = new Set(batches);
    for (const [batch, forms] of this.#byBatch) {
      if (now.has(batch)) continue;
      this.#byBatch.delete(batch);
      for (const form of forms) this.#add(form, -1);
    }
    for (const batch of now) {
      if (this.#byBatch.has(batch)) continue;
      const forms = countedIn(batch);
      this.#byBatch.set(batch, forms);
      for (const form of forms) this.#add(form, 1);
    }
  }

  /** As `formKey` spells it. */
  has(form: string): boolean {
    return this.#batches.has(form);
  }

  #add(form: string, more: 1 | -1): void {
    const batches = (this.#batches.get(form) ?? 0) + more;
    if (batches > 0) this.#batches.set(form, batches);
    else this.#batches.delete(form);
  }
}

function countedIn({ events }: Batch): string[] {
  const forms = new Set<string>();
  for (const event of events) {
    const { kind, source, destination, protocol } = event;
    if (kind !== "counted" || source === undefined) continue;
    if (destination === undefined || protocol === undefined) continue;
    forms.add(formKey(formOf(event)));
  }
  return [...forms];
}

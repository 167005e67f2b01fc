/**
 * The report that a live stream adds up to, folded in place: a change costs what is other in it, and the
 * report as a whole is put together when somebody looks. `applyLive` is the same fold of one event.
 */
import type { Report } from "../../event/report.ts";
import { Sequence } from "../../event/sequence.ts";
import type { Place } from "../../event/places.ts";
import { applyLive, type LiveEvent } from "./live_event.ts";

/** Items with an id, in an order that is told. */
class Ordered<T extends { id: string }> {
  #byId = new Map<string, T>();
  #order = new Sequence<string>();

  constructor(items: readonly T[]) {
    for (const item of items) this.set(item);
  }

  set(item: T): void {
    if (!this.#order.has(item.id)) this.#order.push(item.id);
    this.#byId.set(item.id, item);
  }

  delete(id: string): void {
    this.#byId.delete(id);
    this.#order.delete(id);
  }

  arrange(order: readonly string[] | undefined, places: readonly Place[] | undefined): void {
    const moved = (places ?? []).filter(([id]) => this.#order.delete(id));
    for (const [id, index] of moved) this.#order.insertAt(index, id);
    if (places !== undefined || order === undefined) return;
    // What an order forgets is no longer there, as `applyLive` has it.
    this.#order.clear();
    for (const id of order) if (this.#byId.has(id)) this.#order.push(id);
    for (const id of [...this.#byId.keys()]) if (!this.#order.has(id)) this.#byId.delete(id);
  }

  all(): T[] {
    return Array.from(this.#order, (id) => this.#byId.get(id)!);
  }
}

/** A viewer's report. */
export class LiveReport {
  /** All but flows and exchanges, which stand in it as they were. */
  #head: Report | null = null;
  #flows = new Ordered<Report["flows"][number]>([]);
  #exchanges = new Ordered<Report["exchanges"][number]>([]);
  #whole: Report | null = null;

  /** The report now; null before the first one came. The same object until the next change. */
  get report(): Report | null {
    if (this.#head === null) return null;
    return this.#whole ??= {
      ...this.#head,
      flows: this.#flows.all(),
      exchanges: this.#exchanges.all(),
    };
  }

  /** Takes the next event. */
  take(live: LiveEvent): void {
    if (live.event === "report") {
      this.#head = { ...live.data, flows: [], exchanges: [] };
      this.#flows = new Ordered(live.data.flows);
      this.#exchanges = new Ordered(live.data.exchanges ?? []);
      this.#whole = live.data;
      return;
    }
    if (this.#head === null) return;
    const before = this.#whole;
    this.#whole = null;
    switch (live.event) {
      case "flow":
        return this.#flows.set(live.data.flow);
      case "flow-gone":
        return this.#flows.delete(live.data.id);
      case "exchange":
        return this.#exchanges.set(live.data.exchange);
      case "exchange-gone":
        return this.#exchanges.delete(live.data.id);
      case "summary": {
        const { order, places, exchangeOrder, exchangePlaces, ...head } = live.data;
        this.#flows.arrange(order, places);
        this.#exchanges.arrange(exchangeOrder, exchangePlaces);
        this.#head = applyLive(this.#head, { event: "summary", data: head });
        return;
      }
      default:
        this.#whole = before;
    }
  }
}

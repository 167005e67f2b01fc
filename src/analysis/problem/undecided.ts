/**
 * Exchanges with one end that nobody knows the fate of, by the places where they were seen. Rule P4.
 *
 * A problem at many places has a part at each, and each exchange was seen at few of them: so it is looked
 * at once, and only parts where it was seen hear of it. For others it counts that there is one.
 */
import type { NodeView } from "../view/timeline.ts";
import type { Asked } from "./asked.ts";
import { isAt, type Place, sightingAt } from "./place.ts";

/** Who listens at a place. */
export interface Hearing {
  /** One that was seen there came or went. */
  heard(asked: Asked): void;
}

/** Those that were seen at one place that somebody listens at. */
export class UndecidedAt {
  /** When each was seen there last, by the clock of the place's node. */
  readonly seen = new Map<Asked, number>();
  readonly listeners = new Set<Hearing>();

  constructor(readonly place: Place) {}
}

const NONE: readonly UndecidedAt[] = [];

/** Those of one end. */
export class Undecided {
  /** Each with the places where it was seen. */
  readonly #all = new Map<Asked, readonly UndecidedAt[]>();
  readonly #places = new Map<NodeView, UndecidedAt[]>();

  get size(): number {
    return this.#all.size;
  }

  has(asked: Asked): boolean {
    return this.#all.has(asked);
  }

  /** One more: whoever listens where it was seen hears of it. */
  add(asked: Asked): void {
    const times = this.#timesOf(asked);
    for (const [here, at] of times) {
      here.seen.set(asked, at);
      for (const listener of here.listeners) listener.heard(asked);
    }
    this.#all.set(asked, times.size === 0 ? NONE : [...times.keys()].slice());
  }

  /** It is another one now. */
  delete(asked: Asked): void {
    for (const here of this.#all.get(asked) ?? NONE) {
      here.seen.delete(asked);
      for (const listener of here.listeners) listener.heard(asked);
    }
    this.#all.delete(asked);
  }

  /** Listens at a place. */
  listen(place: Place, listener: Hearing): UndecidedAt {
    const here = this.#at(place) ?? this.#begin(place);
    here.listeners.add(listener);
    return here;
  }

  /** Listens there no more. */
  leave(here: UndecidedAt, listener: Hearing): void {
    here.listeners.delete(listener);
    if (here.listeners.size > 0) return;
    for (const asked of here.seen.keys()) {
      const others = this.#all.get(asked)!.filter((other) => other !== here);
      this.#all.set(asked, others.length === 0 ? NONE : others);
    }
    const { node } = here.place;
    const others = this.#places.get(node)!.filter((other) => other !== here);
    if (others.length === 0) this.#places.delete(node);
    else this.#places.set(node, others);
  }

  #at(place: Place): UndecidedAt | undefined {
    return this.#places.get(place.node)?.find((here) => isAt(here.place, place));
  }

  #begin(place: Place): UndecidedAt {
    const here = new UndecidedAt(place);
    this.#places.set(place.node, [...this.#places.get(place.node) ?? NONE, here]);
    for (const [asked, others] of this.#all) {
      const at = this.#timesOf(asked, here).get(here);
      if (at === undefined) continue;
      here.seen.set(asked, at);
      this.#all.set(asked, [...others, here]);
    }
    return here;
  }

  /** When it was seen last at each of the places, or at one of them. */
  #timesOf({ question }: Asked, only?: UndecidedAt): Map<UndecidedAt, number> {
    const times = new Map<UndecidedAt, number>();
    if (this.#places.size === 0) return times;
    for (const { chains } of question) {
      // Of a packet that rests they are made when they are asked for.
      const packet = { chains };
      for (const { node } of chains) {
        for (const here of this.#places.get(node) ?? NONE) {
          if (only !== undefined && here !== only) continue;
          const at = sightingAt(packet, here.place)?.at;
          if (at !== undefined && at > (times.get(here) ?? -Infinity)) times.set(here, at);
        }
      }
    }
    return times;
  }
}

/** What names of filters mean to a cluster, for many who ask again and again. */
import {
  meansPlace,
  type NamedFilter,
  type NamedPlace,
  printFilter,
} from "../../event/filter/mod.ts";
import { TOLD_PLACES_MAX, type ToldPlace, toldPlace } from "../../event/filter/told_places.ts";

/** Who asks the same within this time is answered the same, ms: a fleet has one filter. */
const SAME_MS = 1_000;
/** Filters whose answer is kept. */
const FILTERS_MAX = 32;

/** Answers, each for a moment. */
export class NamedPlaces {
  readonly #answers = new Map<string, { atMs: number; places: ToldPlace[] }>();

  constructor(
    readonly places: () => Iterable<NamedPlace>,
    readonly nowMs: () => number = () => performance.now(),
  ) {}

  /** Those that the filter names, the first in their order when there are too many. */
  meant(filter: NamedFilter): ToldPlace[] {
    const text = printFilter(filter);
    const atMs = this.nowMs();
    const known = this.#answers.get(text);
    if (known !== undefined && atMs - known.atMs < SAME_MS) return known.places;
    if (this.#answers.size >= FILTERS_MAX) this.#answers.clear();
    const places: ToldPlace[] = [];
    for (const place of this.places()) {
      if (places.length === TOLD_PLACES_MAX) break;
      const told = meansPlace(filter, place) ? toldPlace(place) : null;
      if (told !== null) places.push(told);
    }
    this.#answers.set(text, { atMs, places });
    return places;
  }
}

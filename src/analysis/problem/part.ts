/** What failed of one problem at one place, and what got through there. Times of one place are not those of another. */
import { changeInOrder, Counted } from "../view/ordered.ts";
import type { Asked } from "./asked.ts";
import { bestFirst } from "./fold.ts";
import type { Healing } from "./healing.ts";
import {
  endOf,
  type Kind,
  type Listener,
  type Pass,
  type PassedTo,
  passesOfPackets,
  type Passing,
  passOfExchange,
  passOfFlow,
  serverEnd,
  type Thing,
} from "./passing.ts";
import { type Change, CourseAt } from "./course.ts";
import { CountedCourse } from "./counted_course.ts";
import type { Place } from "./place.ts";
import type { Trouble } from "./trouble.ts";
import type { UndecidedAt } from "./undecided.ts";

/** Some troubles of one problem. What happens is noted, and counts once it is settled. */
export class Part implements Listener {
  readonly place: Place;
  /** The first shows it best. */
  troubles: Trouble[] = [];
  readonly #present = new Set<Trouble>();
  readonly #course: CourseAt | CountedCourse;
  readonly #end: string;
  readonly #to: PassedTo;
  readonly #isAnswer: boolean;
  /** Exchanges that failed: they did not get through. */
  readonly #failed = new Counted<Asked>();
  readonly #forms = new Counted<string>();
  readonly #sizes = new Counted<number>();
  #kind: Kind | null = null;
  #kindKey = "";
  readonly #passes = new Map<Thing | Trouble, readonly Pass[]>();
  /** What was seen here, did not fail here, and nobody knows the fate of; when it was. */
  readonly #undecided = new Map<Thing, number>();
  readonly #undecidedHere: UndecidedAt;
  /** What failed here, was not seen here, and nobody knows the fate of. */
  readonly #excused = new Set<Thing>();
  /** Nobody knows the fate of something that was not seen here. */
  #isAnyUnseen = false;
  #gone: Trouble[] = [];
  #come: Trouble[] = [];
  #news = new Set<Thing>();

  /** `noted`: where it puts itself when something happened. */
  constructor(
    { place, direction, ...first }: Trouble,
    passing: Passing,
    readonly noted: Set<Part>,
  ) {
    this.place = place;
    this.#isAnswer = direction === "answer";
    this.#course = first.counted ? new CountedCourse(place) : new CourseAt(place);
    this.#end = endOf({ ...first, direction });
    this.#to = passing.to(this.#end);
    this.#to.listeners.add(this);
    this.#undecidedHere = this.#to.undecided.listen(this.place, this);
  }

  /** A trouble came. */
  add(trouble: Trouble): void {
    this.#come.push(trouble);
    this.noted.add(this);
  }

  /** A trouble is another one now. */
  remove(trouble: Trouble): void {
    this.#gone.push(trouble);
    this.noted.add(this);
  }

  heard(thing: Thing): void {
    this.#news.add(thing);
    this.noted.add(this);
  }

  heardOfOthers(): void {
    if (this.#isAnyOther() !== this.#isAnyUnseen) this.noted.add(this);
  }

  #isAnyOther(): boolean {
    return this.#to.undecided.size > this.#undecidedHere.seen.size + this.#excused.size;
  }

  /** It has no trouble any more. */
  end(passing: Passing): void {
    this.#to.undecided.leave(this.#undecidedHere, this);
    passing.leave(this.#end, this);
  }

  /** Makes count what was noted; gives the passes that are others. */
  settle(): Change<Pass> {
    const [gone, come] = [this.#gone, this.#come];
    [this.#gone, this.#come] = [[], []];
    this.troubles = changeInOrder(this.troubles, bestFirst, gone, come);
    for (const trouble of gone) this.#count(trouble, "remove");
    for (const trouble of come) this.#count(trouble, "add");
    if (this.troubles.length === 0) return { gone: [...this.#passes.values()].flat(), come: [] };
    const change: Change<Pass> = { gone: [], come: [] };
    const undecided: Change<number> = { gone: [], come: [] };
    for (const thing of this.#thingsToSee(gone, come)) {
      const passes = this.#passes.get(thing);
      if (passes !== undefined) {
        change.gone.push(...passes);
        this.#passes.delete(thing);
      }
      const at = this.#undecided.get(thing as Thing);
      if (at !== undefined) {
        undecided.gone.push(at);
        this.#undecided.delete(thing as Thing);
      }
      this.#excused.delete(thing as Thing);
      this.#see(thing, change, undecided);
    }
    const isAnyUnseen = this.#isAnyOther();
    // Nobody knows when that was at this place.
    if (isAnyUnseen && !this.#isAnyUnseen) undecided.come.push(Infinity);
    if (!isAnyUnseen && this.#isAnyUnseen) undecided.gone.push(Infinity);
    this.#isAnyUnseen = isAnyUnseen;
    this.#course.change({ gone, come }, change, undecided);
    return change;
  }

  #count(trouble: Trouble, way: "add" | "remove"): void {
    const { exchange, best, dead } = trouble;
    if (way === "add") this.#present.add(trouble);
    else this.#present.delete(trouble);
    if (exchange && this.#failed[way](exchange)) this.#news.add(exchange);
    if (best) this.#forms[way](serverEnd(best.end, this.#isAnswer));
    for (const bytes of dead) if (bytes !== null) this.#sizes[way](bytes);
  }

  /** What has to be looked at: all where the kind is another one. */
  #thingsToSee(gone: readonly Trouble[], come: readonly Trouble[]): Iterable<Thing | Trouble> {
    const news = this.#news;
    this.#news = new Set();
    if (this.#isOtherKind()) {
      const { exchanges, flows } = this.#to;
      return new Set([
        ...[...this.#passes.keys()],
        ...[...this.#undecided.keys()],
        ...[...this.#excused],
        ...news,
        ...exchanges,
        ...this.#undecidedHere.seen.keys(),
        ...flows,
        ...this.troubles,
      ]);
    }
    return [...news, ...gone, ...come];
  }

  #isOtherKind(): boolean {
    const [first] = this.troubles;
    const forms = new Set(this.#forms.keys());
    let leastBytes = this.#sizes.size > 0 ? Infinity : 0;
    for (const bytes of this.#sizes.keys()) leastBytes = Math.min(leastBytes, bytes);
    const isSlow = first?.outcome === "slow";
    const key = JSON.stringify([leastBytes, isSlow, ...[...forms].sort()]);
    if (key === this.#kindKey) return false;
    this.#kindKey = key;
    this.#kind = { isAnswer: this.#isAnswer, isSlow, place: this.place, forms, leastBytes };
    return true;
  }

  #see(thing: Thing | Trouble, change: Change<Pass>, undecided: Change<number>): void {
    const passes = this.#passesOf(thing);
    if (passes.length > 0) {
      this.#passes.set(thing, passes);
      change.come.push(...passes);
    }
    const exchange = thing as Asked;
    if (!this.#to.undecided.has(exchange)) return;
    const at = this.#undecidedHere.seen.get(exchange);
    if (this.#failed.has(exchange)) {
      if (at === undefined) this.#excused.add(exchange);
    } else if (at !== undefined) {
      this.#undecided.set(exchange, at);
      undecided.come.push(at);
    }
  }

  #passesOf(thing: Thing | Trouble): readonly Pass[] {
    const kind = this.#kind!;
    if ("failedAt" in thing) {
      return this.#present.has(thing) ? passesOfPackets(thing, kind) : [];
    }
    const { exchanges, flows } = this.#to;
    if ("question" in thing) {
      if (!exchanges.has(thing) || this.#failed.has(thing)) return [];
      const pass = passOfExchange(thing, kind);
      return pass ? [pass] : [];
    }
    return flows.has(thing) ? [passOfFlow(thing.packets, thing.form.source, kind)] : [];
  }

  /** What is known of its end now. */
  tell(): Healing {
    return this.#course.tell();
  }

  /** Whether its state that was told last is another by now: its node was watched further. */
  isOver(): boolean {
    return this.#course.isOver();
  }
}

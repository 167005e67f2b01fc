/** All conversations of an incident, from one report to the next. Rule D5. */
import { type Ends, endsOf } from "../exchange/join.ts";
import { Doubted } from "../verdict/doubted.ts";
import type { FamiliesChange } from "../verdict/families.ts";
import type { Family } from "../verdict/family.ts";
import type { Postponed } from "../verdict/incident.ts";
import type { World } from "../verdict/judgement.ts";
import type { Others } from "../verdict/others.ts";
import { askAllAgain } from "../view/asked.ts";
import { Conversation, type Surroundings } from "./conversation.ts";

/** A family as it was last looked at. */
interface Known {
  /** How often it had been judged. */
  version: number;
  ends: Ends;
  conversation: Conversation | null;
}

/** Conversations that were concluded anew, and those that are no more. */
export interface Difference {
  come: Conversation[];
  gone: Conversation[];
}

const NONE_POSTPONED: Postponed = {
  has: () => false,
  late: [],
  judge: () => true,
  judgedTo: Infinity,
};

/** The conversations of one incident. */
export class Conversations {
  readonly all = new Set<Conversation>();
  /** [D10] So many flows are told as they were: they may be otherwise. */
  postponed = 0;
  /** [D11] The mark of the last report that one of those who wait was not in doubt in; Infinity: none waits. */
  judgedTo = Infinity;
  /** Those that may be stale: nobody looks at the others. */
  readonly #inDoubt = new Doubted<Conversation>();
  /** [D10] Those that are told as they were: they are stale, or one of their families waits. */
  readonly #later = new Set<Conversation>();
  /** Of these, those that are stale and of which no family waits, which have waited for longest first. */
  readonly #next = new Set<Conversation>();
  readonly #known = new Map<Family, Known>();
  /** Families by an end from which, or to which, they may ask or answer. */
  readonly #asking: Index = new Map();
  readonly #answering: Index = new Map();

  /** [D11] Whatever falls into doubt from now on came after the report with this mark. */
  mark(mark: number): void {
    this.#inDoubt.mark = mark;
  }

  /**
   * Concludes what is new, after these families were judged anew and those are no more. [D10] Nothing is
   * concluded of a family that is postponed: of those that belong to one that was judged each is judged now,
   * and others are told as they were. At most so many packets' conversations, and one more, are concluded again
   * whose families are the same. `rest`: what is done with families that were told.
   */
  tell(
    { judged, ended }: FamiliesChange,
    surroundings: Surroundings,
    postponed: Postponed = NONE_POSTPONED,
    packetsMax = Infinity,
    rest: (told: readonly Family[]) => void = () => {},
  ): Difference {
    const world = surroundings.world();
    const difference: Difference = { come: [], gone: [] };
    const open = new Set<Family>();
    const dissolve = (conversation: Conversation | null | undefined) => {
      if (!conversation || !this.#leave(conversation)) return;
      difference.gone.push(conversation);
      for (const family of conversation.families) {
        const known = this.#known.get(family);
        if (!known) continue;
        known.conversation = null;
        open.add(family);
      }
    };
    for (const family of ended) {
      const known = this.#known.get(family);
      this.#forget(family);
      dissolve(known?.conversation);
    }
    for (const family of judged) {
      const known = this.#known.get(family);
      if (known?.version === family.version) continue;
      dissolve(known?.conversation);
      this.#forget(family);
      this.#learn(family, world, surroundings.others);
      open.add(family);
    }
    // Whoever is linked to a family that is another one now may be of another conversation.
    for (const family of open) {
      if (postponed.has(family)) {
        this.#forget(family);
        if (postponed.judge(family)) this.#learn(family, world, surroundings.others);
      }
      for (const other of this.#linked(family)) {
        const { conversation } = this.#known.get(other)!;
        if (conversation === null) open.add(other);
        else dissolve(conversation);
      }
    }
    for (const family of open) {
      if (!this.#known.has(family) || this.#known.get(family)!.conversation) continue;
      difference.come.push(this.#begin([...this.#around(family)]));
    }
    const urgent = this.#postpone(postponed);
    for (const conversation of this.#turn(urgent, packetsMax)) {
      // It is told as another one, so that who has the old one knows.
      this.#leave(conversation);
      difference.gone.push(conversation);
      difference.come.push(this.#begin(conversation.families));
    }
    for (const conversation of difference.come) {
      conversation.tell(surroundings);
      rest(conversation.families);
    }
    this.judgedTo = Math.min(postponed.judgedTo, this.#inDoubt.since);
    return difference;
  }

  /**
   * Finds those that are told as they were from now on, and gives those of them that are urgent. Until they are
   * no more they stay so: whoever judges one of their families dissolves them.
   */
  #postpone(postponed: Postponed): Conversation[] {
    const wait = (conversation: Conversation) => {
      if (this.#later.has(conversation)) return;
      this.#later.add(conversation);
      this.postponed += conversation.told!.flows.length;
    };
    for (const family of postponed.late) {
      const conversation = postponed.has(family) && this.#known.get(family)?.conversation;
      if (!conversation) continue;
      wait(conversation);
      this.#next.delete(conversation);
    }
    askAllAgain();
    const isStale = (conversation: Conversation) =>
      this.all.has(conversation) && conversation.told !== null && conversation.isStale();
    const stale = this.#inDoubt.settle(isStale);
    stale.forEach(wait);
    const next = stale.filter(({ families }) => !families.some((one) => postponed.has(one)));
    for (const conversation of next) this.#next.add(conversation);
    return next.filter(({ isUrgent }) => isUrgent);
  }

  /** Those whose turn it is to be concluded again: what is urgent, and what has waited for longest. */
  #turn(urgent: readonly Conversation[], packetsMax: number): Set<Conversation> {
    const now = new Set<Conversation>();
    let packets = 0;
    for (const conversation of this.#next) {
      if (packets >= packetsMax) break;
      now.add(conversation);
      for (const { size } of conversation.families) packets += size;
    }
    return now.union(new Set(urgent));
  }

  /** It is no more. False: it was not there. */
  #leave(conversation: Conversation): boolean {
    if (!this.all.delete(conversation)) return false;
    conversation.end();
    this.#inDoubt.delete(conversation);
    this.#next.delete(conversation);
    if (this.#later.delete(conversation)) this.postponed -= conversation.told!.flows.length;
    return true;
  }

  #begin(families: readonly Family[]): Conversation {
    const conversation = new Conversation(families, this.#inDoubt);
    this.all.add(conversation);
    for (const family of families) this.#known.get(family)!.conversation = conversation;
    return conversation;
  }

  /** Nobody asks for them any more. */
  end(): void {
    for (const conversation of this.all) conversation.end();
  }

  #learn(family: Family, world: World, others: Others): void {
    const all = family.judged(world, others).flows.map(endsOf);
    // Each list of its length: one that grows by itself has room for sixteen more.
    const ends: Ends = {
      asks: all.flatMap(({ asks }) => asks).slice(),
      answers: all.flatMap(({ answers }) => answers).slice(),
    };
    this.#known.set(family, { version: family.version, ends, conversation: null });
    for (const key of ends.asks) put(this.#asking, key, family);
    for (const key of ends.answers) put(this.#answering, key, family);
  }

  #forget(family: Family): void {
    const known = this.#known.get(family);
    if (!known) return;
    this.#known.delete(family);
    for (const key of known.ends.asks) take(this.#asking, key, family);
    for (const key of known.ends.answers) take(this.#answering, key, family);
  }

  /** Families that this one may be of one exchange with. */
  *#linked(family: Family): Iterable<Family> {
    const known = this.#known.get(family);
    if (!known) return;
    for (const key of known.ends.asks) {
      yield* at(this.#asking, key);
      yield* at(this.#answering, key);
    }
    for (const key of known.ends.answers) yield* at(this.#asking, key);
  }

  #around(family: Family): Set<Family> {
    const found = new Set([family]);
    for (const one of found) for (const other of this.#linked(one)) found.add(other);
    return found;
  }
}

/** Families by an end: nearly everywhere it is one, which needs no table. */
type Index = Map<string, Family | Set<Family>>;

function at(index: Index, key: string): Iterable<Family> {
  const own = index.get(key);
  return own === undefined ? [] : own instanceof Set ? own : [own];
}

function put(index: Index, key: string, family: Family): void {
  const own = index.get(key);
  if (own === undefined) index.set(key, family);
  else if (own instanceof Set) own.add(family);
  else if (own !== family) index.set(key, new Set([own, family]));
}

function take(index: Index, key: string, family: Family): void {
  const own = index.get(key);
  if (own === family) index.delete(key);
  else if (own instanceof Set && own.delete(family) && own.size === 0) index.delete(key);
}

/** All conversations of an incident, from one report to the next. Rule D5. */
import { type Ends, endsOf } from "../exchange/join.ts";
import type { FamiliesChange } from "../verdict/families.ts";
import type { Family, JudgedFamily } from "../verdict/family.ts";
import { askAllAgain } from "../view/asked.ts";
import { Conversation, type Surroundings } from "./conversation.ts";

/** A family as it was last looked at. */
interface Known {
  judged: JudgedFamily;
  ends: Ends;
  conversation: Conversation | null;
}

/** Conversations that were concluded anew, and those that are no more. */
export interface Difference {
  come: Conversation[];
  gone: Conversation[];
}

/** The conversations of one incident. */
export class Conversations {
  readonly all = new Set<Conversation>();
  /** Those that may be stale: nobody looks at the others. */
  readonly #inDoubt = new Set<Conversation>();
  readonly #known = new Map<Family, Known>();
  /** Families by an end from which, or to which, they may ask or answer. */
  readonly #asking = new Map<string, Set<Family>>();
  readonly #answering = new Map<string, Set<Family>>();

  /** Concludes what is new, after these families were judged anew and those are no more. */
  tell({ judged, ended }: FamiliesChange, surroundings: Surroundings): Difference {
    const difference: Difference = { come: [], gone: [] };
    const open = new Set<Family>();
    const dissolve = (conversation: Conversation | null | undefined) => {
      if (!conversation || !this.all.delete(conversation)) return;
      difference.gone.push(conversation);
      conversation.end();
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
      if (known?.judged === family.judged) continue;
      dissolve(known?.conversation);
      this.#forget(family);
      this.#learn(family);
      open.add(family);
    }
    // Whoever is linked to a family that is another one now may be of another conversation.
    for (const family of open) {
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
    askAllAgain();
    const doubted = [...this.#inDoubt];
    this.#inDoubt.clear();
    for (const conversation of doubted) {
      if (!this.all.has(conversation) || conversation.told === null || !conversation.isStale()) {
        continue;
      }
      // It is told as another one, so that who has the old one knows.
      this.all.delete(conversation);
      difference.gone.push(conversation);
      conversation.end();
      difference.come.push(this.#begin(conversation.families));
    }
    for (const conversation of difference.come) conversation.tell(surroundings);
    return difference;
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

  #learn(family: Family): void {
    const ends: Ends = { asks: [], answers: [] };
    for (const flow of family.judged.flows) {
      const own = endsOf(flow);
      ends.asks.push(...own.asks);
      ends.answers.push(...own.answers);
    }
    this.#known.set(family, { judged: family.judged, ends, conversation: null });
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
      yield* this.#asking.get(key) ?? [];
      yield* this.#answering.get(key) ?? [];
    }
    for (const key of known.ends.answers) yield* this.#asking.get(key) ?? [];
  }

  #around(family: Family): Set<Family> {
    const found = new Set([family]);
    for (const one of found) for (const other of this.#linked(one)) found.add(other);
    return found;
  }
}

function put(index: Map<string, Set<Family>>, key: string, family: Family): void {
  const own = index.get(key);
  if (own) own.add(family);
  else index.set(key, new Set([family]));
}

function take(index: Map<string, Set<Family>>, key: string, family: Family): void {
  const own = index.get(key);
  own?.delete(family);
  if (own?.size === 0) index.delete(key);
}

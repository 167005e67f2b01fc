/**
 * What a piece of work asked of an incident, so that its result can be kept while the answers stay the
 * same. Rule D5.
 *
 * All that changes while an incident grows is behind a `Source`, whose version grows with each change.
 * Whoever reads it directly (`read`) is done again after every change; whoever asks a question
 * (`ask`) only when the question has another answer.
 */

/** Something that grows with an incident, and answers questions. */
export class Source {
  version = 0;

  /** What it tells is other than before. */
  changed(): void {
    this.version++;
  }
}

/** A question and what it was answered. */
interface Question<T = unknown> {
  answer: T;
  again: () => T;
  isSame: (before: T, now: T) => boolean;
}

/** Questions of one kind about many moments: asked again once, about all of the time between them. */
interface Stretch {
  from: number;
  to: number;
  /** Null until the work is done, when all moments are known. */
  answer: string | null;
  /** What the answers rest on that are about moments in this time. */
  over: (from: number, to: number) => string;
}

/** What was asked of one source. */
interface Asked {
  /** The source's, up to which all answers are known to be the same. */
  version: number;
  /** By a key that is equal for equal questions; null: everything was read. */
  questions: Map<string, Question> | null;
  stretches: Map<string, Stretch>;
}

/** All that one piece of work asked. */
export class Questions {
  #asked = new Map<Source, Asked>();

  /** Whether the same work would be told the same now. */
  hold(): boolean {
    for (const [source, asked] of this.#asked) {
      if (asked.version === source.version) continue;
      if (asked.questions === null) return false;
      for (const { answer, again, isSame } of asked.questions.values()) {
        if (!isSame(answer, again())) return false;
      }
      for (const { from, to, answer, over } of asked.stretches.values()) {
        if (over(from, to) !== answer) return false;
      }
      asked.version = source.version;
    }
    return true;
  }

  /** Notes that everything was read. */
  readAll(source: Source): void {
    const asked = this.#of(source);
    asked.questions = null;
    asked.stretches.clear();
  }

  /** Notes a question, once for each key. */
  note(source: Source, key: string, question: Question): void {
    const { questions } = this.#of(source);
    if (questions !== null && !questions.has(key)) questions.set(key, question);
  }

  /** Notes a question about a stretch of time. */
  noteIn(source: Source, key: string, { from, to, over }: Omit<Stretch, "answer">): void {
    const { questions, stretches } = this.#of(source);
    if (questions === null) return;
    const known = stretches.get(key);
    if (!known) stretches.set(key, { from, to, over, answer: null });
    else if (from < known.from || to > known.to) {
      known.from = Math.min(known.from, from);
      known.to = Math.max(known.to, to);
      known.answer = null;
    }
  }

  /** All has been asked: answers stretches that were not yet. */
  done(): void {
    for (const { stretches } of this.#asked.values()) {
      for (const stretch of stretches.values()) {
        stretch.answer ??= stretch.over(stretch.from, stretch.to);
      }
    }
  }

  #of(source: Source): Asked {
    let asked = this.#asked.get(source);
    if (!asked) {
      asked = { version: source.version, questions: new Map(), stretches: new Map() };
      this.#asked.set(source, asked);
    }
    return asked;
  }
}

/** Where the work that is being done notes what it asks; null: nobody will want to know. */
let noting: Questions | null = null;

/** Does the work, and notes in `questions` what it asks. Work inside other work notes for itself alone. */
export function noted<T>(questions: Questions | null, work: () => T): T {
  const outer = noting;
  noting = questions;
  try {
    return work();
  } finally {
    noting = null;
    questions?.done();
    noting = outer;
  }
}

/** Reads all that a source tells. */
export function read(source: Source): void {
  noting?.readAll(source);
}

/**
 * Asks a question: `answer` gives what it is answered now, and is asked again when one of the sources
 * changed. The answer may depend on these and on the arguments in `key`, and on nothing else that grows.
 */
export function ask<T>(
  sources: Source | readonly Source[],
  key: string,
  answer: () => T,
  isSame: (before: T, now: T) => boolean = Object.is,
): T {
  if (noting === null) return answer();
  const found = noted(null, answer);
  const question = {
    answer: found,
    again: answer,
    isSame: isSame as (before: unknown, now: unknown) => boolean,
  };
  for (const source of sources instanceof Source ? [sources] : sources) {
    noting.note(source, key, question);
  }
  return found;
}

/**
 * Asks about moments from `from` to `to`, where many more are asked about: one question for all of them.
 * `over` gives what the answers about a time rest on, as text; it may take more into account than they
 * do, and then the work is done again for nothing.
 */
export function askIn<T>(
  sources: Source | readonly Source[],
  key: string,
  { from, to }: { from: number; to: number },
  answer: () => T,
  over: (from: number, to: number) => string,
): T {
  if (noting === null) return answer();
  for (const source of sources instanceof Source ? [sources] : sources) {
    noting.noteIn(source, key, { from, to, over });
  }
  return noted(null, answer);
}

/** Asks whether something holds that stays so once it does: then nothing need be asked again. */
export function askOnce(source: Source, key: string, holds: () => boolean): boolean {
  if (noting === null) return holds();
  const found = noted(null, holds);
  if (!found) noting.note(source, key, { answer: false, again: holds, isSame: Object.is });
  return found;
}

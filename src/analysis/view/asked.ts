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
  #askers: Questions[] = [];
  #alive = 0;

  /** What it tells is other than before: whoever asked has to ask again. */
  changed(): void {
    this.version++;
    for (const asker of this.#askers) asker.doubt();
  }

  /** It told something that is no more: whatever was concluded of it has to be concluded again. */
  shrunk(): void {
    this.version++;
    for (const asker of this.#askers) asker.fail();
  }

  /** From now on these are told of changes. */
  tell(questions: Questions): void {
    this.#askers.push(questions);
    // Those that are not asked any more go when they are as many as the others.
    if (this.#askers.length < 2 * this.#alive + 8) return;
    this.#askers = this.#askers.filter(({ isOver }) => !isOver);
    this.#alive = this.#askers.length;
  }
}

/** A question and what it was answered. */
interface Question<T = unknown> {
  /** Equal for equal questions to one source. */
  key: string;
  answer: T;
  again: () => T;
  isSame: (before: T, now: T) => boolean;
}

/** Questions of one kind about many moments: asked again once, about all of the time between them. */
interface Stretch {
  key: string;
  from: number;
  to: number;
  /** Null until the work is done, when all moments are known. */
  answer: string | null;
  /** What the answers rest on that are about moments in this time. */
  over: (from: number, to: number) => string;
}

/** What was asked of one source. */
interface Asked {
  source: Source;
  /** The source's, up to which all answers are known to be the same. */
  version: number;
  /** All that it tells was read. */
  isWhole: boolean;
  questions: readonly Question[];
  stretches: readonly Stretch[];
}

/** The same while the work goes on, to find what was asked already. */
interface Noting {
  asked: Asked;
  questions: Map<string, Question>;
  stretches: Map<string, Stretch>;
}

const NONE: readonly never[] = [];

/** Whose work is in doubt as soon as a source that was asked tells something else. */
export interface Doubter {
  /** Whether the answers are the same is to be looked at before its work is used again. */
  doubted(): void;
}

/** All that one piece of work asked. There are as many as flows, so that it is kept in lists. */
export class Questions {
  #asked: Asked[] = [];
  #noting: Map<Source, Noting> | null = null;
  #isInDoubt = false;
  #hasFailed = false;
  /** Nobody wants to know any more. */
  isOver = false;

  /** `owner` is told when answers may be others, so that it need not look. */
  constructor(readonly owner: Doubter | null = null) {}

  /** A source has changed. */
  doubt(): void {
    if (this.#isInDoubt || this.isOver) return;
    this.#isInDoubt = true;
    this.owner?.doubted();
  }

  /** What was told is no more. */
  fail(): void {
    if (this.#hasFailed || this.isOver) return;
    this.#hasFailed = true;
    this.owner?.doubted();
  }

  /** Whether the same work would be told the same now. */
  hold(): boolean {
    if (this.#hasFailed) return false;
    if (!this.#isInDoubt) return true;
    for (const asked of this.#asked) {
      const { source, version, isWhole, questions, stretches } = asked;
      if (version === source.version) continue;
      if (isWhole) return false;
      for (const { answer, again, isSame } of questions) {
        if (!isSame(answer, again())) return false;
      }
      for (const { from, to, answer, over } of stretches) {
        if (over(from, to) !== answer) return false;
      }
      asked.version = source.version;
    }
    this.#isInDoubt = false;
    return true;
  }

  /** Nobody will ask whether they hold. */
  end(): void {
    this.isOver = true;
    this.#asked = [];
  }

  /** Notes that everything was read. */
  readAll(source: Source): void {
    this.#of(source).asked.isWhole = true;
  }

  /** Notes a question, once for each key. */
  note(source: Source, question: Question): void {
    const { asked, questions } = this.#of(source);
    if (!asked.isWhole && !questions.has(question.key)) questions.set(question.key, question);
  }

  /** Notes a question about a stretch of time. */
  noteIn(source: Source, { key, from, to, over }: Omit<Stretch, "answer">): void {
    const { asked, stretches } = this.#of(source);
    if (asked.isWhole) return;
    const known = stretches.get(key);
    if (!known) stretches.set(key, { key, from, to, over, answer: null });
    else if (from < known.from || to > known.to) {
      known.from = Math.min(known.from, from);
      known.to = Math.max(known.to, to);
      known.answer = null;
    }
  }

  /** All has been asked for now: answers stretches that were not yet. */
  done(): void {
    for (const { asked, questions, stretches } of this.#noting?.values() ?? NONE) {
      asked.questions = asked.isWhole || questions.size === 0 ? NONE : [...questions.values()];
      asked.stretches = asked.isWhole || stretches.size === 0 ? NONE : [...stretches.values()];
      for (const stretch of asked.stretches) {
        stretch.answer ??= stretch.over(stretch.from, stretch.to);
      }
    }
    this.#noting = null;
  }

  #of(source: Source): Noting {
    this.#noting ??= new Map(this.#asked.map((asked) => [asked.source, {
      asked,
      questions: new Map(asked.questions.map((question) => [question.key, question])),
      stretches: new Map(asked.stretches.map((stretch) => [stretch.key, stretch])),
    }]));
    let noting = this.#noting.get(source);
    if (!noting) {
      const { version } = source;
      const asked = { source, version, isWhole: false, questions: NONE, stretches: NONE };
      noting = { asked, questions: new Map(), stretches: new Map() };
      this.#noting.set(source, noting);
      this.#asked.push(asked);
      source.tell(this);
    }
    return noting;
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
    key,
    answer: found,
    again: answer,
    isSame: isSame as (before: unknown, now: unknown) => boolean,
  };
  for (const source of sources instanceof Source ? [sources] : sources) {
    noting.note(source, question);
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
    noting.noteIn(source, { key, from, to, over });
  }
  return noted(null, answer);
}

/** Asks whether something holds that stays so once it does: then nothing need be asked again. */
export function askOnce(source: Source, key: string, holds: () => boolean): boolean {
  if (noting === null) return holds();
  const found = noted(null, holds);
  if (!found) noting.note(source, { key, answer: false, again: holds, isSame: Object.is });
  return found;
}

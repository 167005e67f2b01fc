/**
 * What a piece of work asked of an incident, so that its result can be kept while the answers stay the
 * same. Rule D5.
 *
 * All that changes while an incident grows is behind a `Source`, whose version grows with each change.
 * Whoever reads it directly (`read`) is done again after every change; whoever asks a question
 * (`ask`) only when the question has another answer.
 *
 * There are as many askers as flows, and most of them ask the same. So a question belongs to its source
 * and is kept once, with who asked; when the source changes it is asked once again for all of them.
 */
import { askDoubtful, type Asker, keep, Question, Source } from "./source.ts";

export { Source } from "./source.ts";

/**
 * Questions of one kind about many moments: asked again once, about all of the time between them. Of each kind
 * there is one object.
 */
export interface Timed {
  /** At least one. With the first of them its key tells it from all others. */
  sources: readonly Source[];
  key: string;
  /**
   * What the answers rest on that are about moments in a time, as text; it may take more into account than
   * they do, and then the work is done again for nothing. While it is the same for a time, it is for all parts.
   */
  over: (from: number, to: number) => string;
  /** The time that was asked about last, and the question: mostly the next work asks about the same. */
  lately?: Stretch & { question: Question };
}

/** A time that was asked about. */
interface Stretch {
  from: number;
  to: number;
}

/** Whose work is in doubt when something that was asked is answered otherwise. */
export interface Doubter {
  /** Its work is to be done again before it is used. */
  doubted(): void;
}

/** All that one piece of work asked. */
export class Questions implements Asker {
  /** What was asked about moments while the work goes on. */
  #stretches: Map<Timed, Stretch> | null = null;
  #hasFailed = false;
  /** Nobody wants to know any more. */
  isOver = false;
  /** Whoever was asked keeps this for a while after it is over: the owner, and all that is its, goes then. */
  #owner: Doubter | null;

  /** `owner` is told once when an answer is another one, at the latest by `askAllAgain`. */
  constructor(owner: Doubter | null = null) {
    this.#owner = owner;
  }

  /** An answer is another one now. For good: the work is done again with other `Questions`. */
  fail(): void {
    if (this.#hasFailed || this.isOver) return;
    this.#hasFailed = true;
    const owner = this.#owner;
    this.end();
    owner?.doubted();
  }

  /** Whether the same work would be told the same now. */
  hold(): boolean {
    askAllAgain();
    return !this.#hasFailed;
  }

  /** Nobody will ask whether they hold. */
  end(): void {
    this.isOver = true;
    this.#owner = null;
  }

  /** Notes that everything was read. */
  readAll(source: Source): void {
    source.addReader(this);
  }

  /** Notes a question and its answer. */
  note<T>(
    sources: readonly Source[],
    key: string,
    answer: T,
    again: () => T,
    isSame: (before: T, now: T) => boolean,
  ): void {
    const known = sources[0]!.question(key);
    if (known) known.tell(answer);
    (known ?? keep(key, new Question(sources, answer, again, isSame))).addAsker(this);
  }

  /** Notes a question that was asked before and has the same answer. */
  noteKnown(question: Question): void {
    question.addAsker(this);
  }

  /** Notes a question about a time. */
  noteIn(timed: Timed, from: number, to: number): void {
    this.#stretches ??= new Map();
    const known = this.#stretches.get(timed);
    if (!known) this.#stretches.set(timed, { from, to });
    else {
      if (from < known.from) known.from = from;
      if (to > known.to) known.to = to;
    }
  }

  /** All has been asked for now: asks about stretches. */
  done(): void {
    if (this.#stretches === null) return;
    for (const [timed, stretch] of this.#stretches) questionIn(timed, stretch).addAsker(this);
    this.#stretches = null;
  }
}

/** Asks again what may have another answer. Afterwards all who asked know whether what they were told holds. */
export const askAllAgain = (): void => noted(null, askDoubtful);

/** What is asked about all of the time that has the stretch, with the answer that it has now. */
function questionIn(timed: Timed, stretch: Stretch): Question {
  const { from, to } = widened(stretch);
  const { lately, sources, key, over } = timed;
  const isSame = lately?.from === from && lately.to === to && !lately.question.isOver;
  const name = isSame ? "" : `in ${key} ${from} ${to}`;
  let question = isSame ? lately.question : sources[0]!.question(name);
  if (question) question.askAgain();
  else {
    const again = () => over(from, to);
    question = keep(name, new Question(sources, again(), again, Object.is));
  }
  if (!isSame) timed.lately = { from, to, question };
  return question;
}

/** Stretches begin and end at multiples of this, ns, so that many are the same. */
const PART_NS = 2 ** 28;
/** A stretch of more parts than this has larger ones. */
const PARTS = 8;

function widened({ from, to }: Pick<Stretch, "from" | "to">): { from: number; to: number } {
  let part = PART_NS;
  while (to - from < Infinity && to - from > PARTS * part) part *= 2;
  return { from: Math.floor(from / part) * part, to: Math.ceil(to / part) * part };
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
 * Whoever asks the first source with the same key asks the same question.
 */
export function ask<T>(
  sources: Source | readonly Source[],
  key: string,
  answer: () => T,
  isSame: (before: T, now: T) => boolean = Object.is,
): T {
  if (noting === null) return answer();
  const known = (sources instanceof Source ? sources : sources[0]!).question(key);
  if (known?.isUpToDate) {
    noting.noteKnown(known);
    return known.answer as T;
  }
  const found = noted(null, answer);
  noting.note(sources instanceof Source ? [sources] : sources, key, found, answer, isSame);
  return found;
}

/** Asks about moments from `from` to `to`, where many more are asked about: one question for all of them. */
export function askIn<T>(timed: Timed, from: number, to: number, answer: () => T): T {
  if (noting === null) return answer();
  noting.noteIn(timed, from, to);
  return noted(null, answer);
}

/**
 * Asks whether something holds that stays so once it does: then nothing need be asked again. `key` gives the
 * question's key, which mostly is not needed.
 */
export function askOnce(source: Source, key: () => string, holds: () => boolean): boolean {
  if (noting === null) return holds();
  const found = noted(null, holds);
  if (!found) noting.note([source], key(), false, holds, Object.is);
  return found;
}

/** What grows with an incident, the questions that it was asked, and by whom. Rule D5. */

/** Who asked, and is told when an answer is another one. */
export interface Asker {
  /** Nobody wants to know any more. */
  isOver: boolean;
  fail(): void;
}

/** Something that grows with an incident, and answers questions. */
export class Source {
  version = 0;
  /** Who read all that it tells. */
  #readers: Askers = null;
  /** Questions of which this is the first source, by their keys. */
  #questions: Map<string, Question> | null = null;
  /** Questions of which this is another source. */
  #others: Set<Question> | null = null;
  /** With so many questions those are forgotten that nobody wants to know any more. */
  #room = ROOM_MIN;

  /** What it tells is other than before: whoever asked has to ask again. */
  changed(): void {
    this.version++;
    fail(this.#readers);
    this.#readers = null;
    if (this.#questions !== null || this.#others !== null) doubtful.add(this);
  }

  /** It told something that is no more: whatever was concluded of it has to be concluded again. */
  shrunk(): void {
    this.changed();
    doubtful.delete(this);
    for (const question of this.#questions?.values() ?? NONE) question.end();
    for (const question of this.#others ?? NONE) question.end();
    this.#questions = null;
    this.#others = null;
  }

  /** Notes who read all. */
  addReader(reader: Asker): void {
    this.#readers = withOne(this.#readers, reader);
  }

  /** The question with this key that was asked before. */
  question(key: string): Question | undefined {
    const known = this.#questions?.get(key);
    return known?.isOver ? undefined : known;
  }

  /** Keeps a question under its key, as the first of its sources. */
  keep(key: string, question: Question): void {
    this.#makeRoom();
    this.#questions ??= new Map();
    this.#questions.set(key, question);
  }

  /** Is told of a question that asks this source, too. */
  keepOther(question: Question): void {
    this.#makeRoom();
    this.#others ??= new Set();
    this.#others.add(question);
  }

  get #size(): number {
    return (this.#questions?.size ?? 0) + (this.#others?.size ?? 0);
  }

  /** A source that never changes would keep what was asked of flows that are long gone. */
  #makeRoom(): void {
    if (this.#size < this.#room) return;
    this.#forget();
    this.#room = Math.max(ROOM_MIN, 2 * this.#size);
  }

  /** Forgets questions that nobody wants to know any more. */
  #forget(): void {
    for (const [key, question] of this.#questions ?? NONE) {
      if (!question.isAsked()) this.#questions!.delete(key);
    }
    for (const question of this.#others ?? NONE) {
      if (!question.isAsked()) this.#others!.delete(question);
    }
  }

  /** Whether nobody wants to know when it changes. Not to be asked between a question and who notes it. */
  get isIdle(): boolean {
    this.#forget();
    return this.#size === 0 && !isAny(this.#readers);
  }

  /** Asks all of its questions again, and forgets those that nobody wants to know any more. */
  askAgain(): void {
    for (const [key, question] of this.#questions ?? NONE) {
      if (!question.isAsked()) this.#questions!.delete(key);
      else question.askAgain();
    }
    for (const question of this.#others ?? NONE) {
      if (!question.isAsked()) this.#others!.delete(question);
      else question.askAgain();
    }
  }
}

/** Questions of a source that are kept before anybody looks who still wants to know. */
const ROOM_MIN = 64;

/** Sources that changed since their questions were asked. */
const doubtful = new Set<Source>();

/** Who asked something: nobody, one, as most often, or several. */
type Askers = Asker | Several | null;

/** Several who asked. Those that do not want to know any more go when they are as many as the others. */
class Several {
  #alive = 2;

  constructor(public list: Asker[]) {}

  add(asker: Asker): void {
    if (this.list.at(-1) === asker) return;
    this.list.push(asker);
    if (this.list.length >= 2 * this.#alive + 4) this.isAny();
  }

  isAny(): boolean {
    if (this.list.some(({ isOver }) => isOver)) {
      this.list = this.list.filter(({ isOver }) => !isOver);
    }
    this.#alive = this.list.length;
    return this.#alive > 0;
  }
}

/** Who asks the same several times, and nobody else in between, is kept once; else it is told twice, which does no harm. */
function withOne(askers: Askers, asker: Asker): Askers {
  if (askers === asker) return askers;
  if (askers instanceof Several) askers.add(asker);
  else if (askers !== null && !askers.isOver) return new Several([askers, asker]);
  else return asker;
  return askers;
}

/** Whether anybody wants to know. */
const isAny = (askers: Askers): boolean =>
  askers instanceof Several ? askers.isAny() : askers !== null && !askers.isOver;

/** Tells them that what they were told is no more: they ask no more. */
function fail(askers: Askers): void {
  if (askers instanceof Several) { for (const asker of askers.list) asker.fail(); }
  else askers?.fail();
}

/** A question, its answer, and who was told that. */
export class Question<T = unknown> {
  #askers: Askers = null;
  #version: number;
  /** Nobody wants to know its answer, or one of its sources told something that is no more. */
  isOver = false;

  constructor(
    readonly sources: readonly Source[],
    public answer: T,
    readonly again: () => T,
    readonly isSame: (before: T, now: T) => boolean,
  ) {
    this.#version = this.#now();
  }

  /** Versions only grow, so their sum is the same while all of them are. */
  #now(): number {
    let sum = 0;
    for (const { version } of this.sources) sum += version;
    return sum;
  }

  /** Whether anybody wants to know its answer. If not, its sources forget it, one after the other. */
  isAsked(): boolean {
    this.isOver ||= !isAny(this.#askers);
    return !this.isOver;
  }

  /** No source has changed since it was answered. */
  get isUpToDate(): boolean {
    return this.#version === this.#now();
  }

  /** Asks again where a source has changed. */
  askAgain(): void {
    if (!this.isUpToDate) this.tell(this.again());
  }

  /** Takes what it is answered now. */
  tell(answer: T): void {
    const version = this.#now();
    if (version === this.#version) return;
    this.#version = version;
    if (this.isSame(this.answer, answer)) return;
    this.answer = answer;
    fail(this.#askers);
    this.#askers = null;
  }

  addAsker(asker: Asker): void {
    this.#askers = withOne(this.#askers, asker);
  }

  /** Its answer is no more. */
  end(): void {
    this.isOver = true;
    fail(this.#askers);
    this.#askers = null;
  }
}

/** Keeps a question under its key, at the first of its sources. */
export function keep<T>(key: string, asked: Question<T>): Question {
  const question = asked as Question;
  const [first, ...others] = question.sources;
  first!.keep(key, question);
  for (const other of others) other.keepOther(question);
  return question;
}

/** Asks questions again whose sources have changed. Call it by `askAllAgain`, which lets nobody note them. */
export function askDoubtful(): void {
  for (const source of doubtful) {
    doubtful.delete(source);
    source.askAgain();
  }
}

const NONE: readonly never[] = [];

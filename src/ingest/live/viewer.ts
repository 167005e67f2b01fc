/** One viewer of a live stream and its bounded queue. */
import type { TextPieces } from "./packed_texts.ts";

/** A server-sent event, or several that belong together, ready to be sent. */
export interface Message {
  /** Cursor after this message; absent when it moves none. */
  id?: string;
  event: string;
  /** JSON. Shared by all viewers. */
  data: string;
  /** What `data` is joined from when somebody asks, where it is large; each of whole characters. */
  pieces?: TextPieces;
  /** The same for viewers that asked for differences of lists. */
  brief?: Message;
  /**
   * Events that are sent one after the other in place of this one, and wait and are kept as one: those of a
   * change may be thousands, of which a viewer that has some has no use without the others.
   */
  together?: readonly Message[];
}

/** The events that a message is. */
export const eventsOf = (message: Message): readonly Message[] => message.together ?? [message];
/** How many they are. */
export const countOf = ({ together }: Message): number => together?.length ?? 1;

const countOfAll = (messages: readonly Message[]): number =>
  messages.reduce((sum, message) => sum + countOf(message), 0);

/** What a viewer asks of its topic. */
export interface ViewerHooks {
  onLeave: (viewer: Viewer) => void;
  /** What tells a viewer that it missed `count` events, and makes up for them. */
  catchUp: (count: number) => Message[];
}

/**
 * What waits for one viewer. A viewer that does not keep up loses what waited and is told how many
 * events that were; the hub then gives it a fresh report, which contains them all.
 */
export class Viewer {
  #queue: Message[] = [];
  #missed = 0;
  #ended = false;
  #wake: (() => void) | null = null;

  /** `isBrief`: it asked for differences of lists. */
  constructor(readonly queueMax: number, readonly hooks: ViewerHooks, readonly isBrief = false) {}

  push(message: Message): void {
    if (this.#ended) return;
    if (this.#missed > 0) this.#missed += countOf(message);
    else if (this.#queue.length >= this.queueMax) {
      this.#missed = countOfAll(this.#queue) + countOf(message);
      this.#queue = [];
    } else this.#queue.push(message);
    this.#wake?.();
  }

  /** Nothing comes after `last`. What waits is still given. */
  end(last: Message): void {
    if (this.#ended) return;
    this.#queue.push(last);
    this.#ended = true;
    this.#wake?.();
  }

  leave(): void {
    this.#ended = true;
    this.#queue = [];
    this.#wake?.();
    this.hooks.onLeave(this);
  }

  get ended(): boolean {
    return this.#ended && this.#queue.length === 0 && this.#missed === 0;
  }

  /** A message that is kept no longer: what waits with it is lost, so that its memory is free. */
  lose(message: Message): void {
    // Before changes there is at most a hello, a word of what was missed, and a report.
    if (!this.#queue.slice(0, 4).includes(message)) return;
    const last = this.#ended ? this.#queue.slice(-1) : [];
    this.#missed += countOfAll(this.#queue) - last.length;
    this.#queue = last;
  }

  /** What waits for longest, without it from now on; undefined when nothing does. */
  next(): Message | undefined {
    const count = this.#missed;
    this.#missed = 0;
    if (count > 0) this.#queue.unshift(...this.hooks.catchUp(count));
    const message = this.#queue.shift();
    return (this.isBrief ? message?.brief : undefined) ?? message;
  }

  /** Resolves when something waits, or the viewer is behind or ended. */
  ready(): Promise<void> {
    if (this.#queue.length > 0 || this.#missed > 0 || this.#ended) return Promise.resolve();
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = null;
        resolve();
      };
    });
  }
}

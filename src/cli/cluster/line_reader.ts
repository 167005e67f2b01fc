/** The lines of a process, of which the last few are kept. */

/** Characters of a line: the rest of a longer one is not kept. */
const LINE_CHARS_MAX = 400;

/** Reads a stream to its end. */
export class LineReader {
  /** The last lines, the newest last. */
  readonly last: string[] = [];
  /** Resolves when the stream has ended. */
  readonly done: Promise<void>;
  #listeners = new Set<(line: string | null) => void>();
  #isDone = false;

  constructor(stream: ReadableStream<Uint8Array<ArrayBuffer>>, readonly kept: number) {
    this.done = this.#read(stream);
  }

  /** The first line from now on, or of those kept, that `find` makes something of; null at the end. */
  first<T>(find: (line: string) => T | null): Promise<T | null> {
    return new Promise((resolve) => {
      const listener = (line: string | null) => {
        const found = line === null ? null : find(line);
        if (line !== null && found === null) return;
        this.#listeners.delete(listener);
        resolve(found);
      };
      this.#listeners.add(listener);
      for (const line of this.last) if (this.#listeners.has(listener)) listener(line);
      if (this.#isDone && this.#listeners.has(listener)) listener(null);
    });
  }

  /** Calls `tell` with each line from now on. */
  each(tell: (line: string) => void): void {
    this.#listeners.add((line) => line !== null && tell(line));
  }

  async #read(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    let rest = "";
    try {
      for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
        const lines = (rest + chunk).split(/\r?\n/);
        rest = lines.pop()!.slice(0, LINE_CHARS_MAX);
        for (const line of lines) this.#take(line.slice(0, LINE_CHARS_MAX));
      }
    } catch {
      // A stream that broke has ended.
    }
    if (rest !== "") this.#take(rest);
    this.#isDone = true;
    for (const listener of [...this.#listeners]) listener(null);
  }

  #take(line: string): void {
    if (line.trim() !== "") {
      this.last.push(line);
      if (this.last.length > this.kept) this.last.shift();
    }
    for (const listener of [...this.#listeners]) listener(line);
  }
}

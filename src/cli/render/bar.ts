/**
 * A bar for what takes over a second, on one line of a terminal that is gone when it is done. Where
 * stderr is no terminal there is none: a log has lines.
 */

import { terminalOptions } from "./terminal.ts";

/** How the bar is shown. */
export interface BarOptions {
  write(text: string): void;
  nowMs(): number;
  ascii: boolean;
}

/** What is shorter shows no bar. Milliseconds. */
const QUIET_MS = 1_000;
/** Between two drawings. Milliseconds. */
const DRAW_MS = 250;
/** Columns. */
const WIDTH = 24;
/** Columns of the part that moves where nobody knows how much there is. */
const MOVING = 6;

/** One bar. It draws itself until it is closed. */
export class Bar {
  #what: string;
  #share: number | null = null;
  #drawn = false;
  #beganMs: number;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(what: string, readonly options: BarOptions | null = ofThisTerminal()) {
    this.#what = what;
    this.#beganMs = options?.nowMs() ?? 0;
    if (options === null) return;
    this.#timer = setInterval(() => this.draw(), DRAW_MS);
    Deno.unrefTimer(this.#timer as unknown as number);
  }

  /** What goes on now, and how much of it is done, from 0 to 1; null: nobody knows. */
  now(what: string, share: number | null = null): void {
    this.#what = what;
    this.#share = share;
  }

  /** Draws it, once it has taken long enough. */
  draw(): void {
    const { options } = this;
    if (options === null) return;
    const tookMs = options.nowMs() - this.#beganMs;
    if (tookMs < QUIET_MS) return;
    const [full, empty] = options.ascii ? ["#", "-"] : ["█", "░"];
    const cells = Array.from({ length: WIDTH }, (_, i) => this.#isFull(i, tookMs) ? full : empty);
    const percent = this.#share === null ? "" : `  ${Math.floor(this.#share * 100)} %`;
    const seconds = `${Math.floor(tookMs / 1000)} s`;
    // The cursor goes back, so that a line that somebody else writes begins at the margin.
    options.write(`\r\x1b[K${cells.join("")}${percent}  ${this.#what} ${seconds}\r`);
    this.#drawn = true;
  }

  #isFull(cell: number, tookMs: number): boolean {
    if (this.#share !== null) return cell < Math.round(this.#share * WIDTH);
    const at = Math.floor(tookMs / DRAW_MS) % WIDTH;
    return (cell - at + WIDTH) % WIDTH < MOVING;
  }

  /** Takes it off the terminal, for a line that is to stay; it is drawn again. */
  clear(): void {
    if (this.#drawn) this.options?.write("\r\x1b[K");
    this.#drawn = false;
  }

  /** Takes it off for good. */
  close(): void {
    clearInterval(this.#timer);
    this.clear();
  }
}

function ofThisTerminal(): BarOptions | null {
  if (!Deno.stderr.isTerminal()) return null;
  const bytes = new TextEncoder();
  const { ascii = false } = terminalOptions();
  return {
    write: (text) => void Deno.stderr.writeSync(bytes.encode(text)),
    nowMs: () => performance.now(),
    ascii,
  };
}

/** Shows a bar of unknown length while `work` goes on. Rejects with what it rejects with. */
export async function whileShown<T>(
  what: string,
  work: () => Promise<T>,
  bar = new Bar(what),
): Promise<T> {
  try {
    return await work();
  } finally {
    bar.close();
  }
}

/** Keys as they are pressed, without Enter. */

/** What a key asks for. */
export type Key =
  | "quit"
  | "up"
  | "down"
  | "page-up"
  | "page-down"
  | "home"
  | "end"
  | "open"
  | "back"
  | "filter";

const KEYS: Record<string, Key> = {
  q: "quit",
  Q: "quit",
  "\x03": "quit",
  "\x04": "quit",
  k: "up",
  j: "down",
  b: "page-up",
  " ": "page-down",
  g: "home",
  G: "end",
  "\r": "open",
  "\n": "open",
  l: "open",
  h: "back",
  "\x1b": "back",
  "\x7f": "back",
  "\b": "back",
  "/": "filter",
  "\x1b[A": "up",
  "\x1b[B": "down",
  "\x1bOA": "up",
  "\x1bOB": "down",
  "\x1b[C": "open",
  "\x1b[D": "back",
  "\x1bOC": "open",
  "\x1bOD": "back",
  "\x1b[5~": "page-up",
  "\x1b[6~": "page-down",
  "\x1b[H": "home",
  "\x1b[F": "end",
  "\x1b[1~": "home",
  "\x1b[4~": "end",
};

/** The keys in what a terminal sent at once: each as the characters it sends. */
export function keysIn(text: string): string[] {
  // deno-lint-ignore no-control-regex
  return text.match(/\x1b(?:\[[0-9;]*[A-Za-z~]|O[A-Z])|[^]/gu) ?? [];
}

/** What a key means in the list; undefined for one that means nothing. */
export const meaningOf = (pressed: string): Key | undefined => KEYS[pressed];

/** What a key does to a text that is being typed; null: it ends the typing without a change. */
export function typed(text: string, pressed: string): { text: string; done: boolean } | null {
  if (pressed === "\x1b" || pressed === "\x03") return null;
  if (pressed === "\r" || pressed === "\n") return { text, done: true };
  if (pressed === "\x7f" || pressed === "\b") {
    return { text: [...text].slice(0, -1).join(""), done: false };
  }
  if (pressed === "\x15") return { text: "", done: false };
  // Other control characters and sequences are no text.
  const isText = pressed >= " " && !pressed.startsWith("\x1b");
  return { text: isText ? text + pressed : text, done: false };
}

/** Calls `onKey` for each key until it is closed. Reads nothing when stdin is no terminal. */
export function readKeys(onKey: (pressed: string) => void): { close(): void } {
  if (!Deno.stdin.isTerminal()) return { close() {} };
  // With cbreak the terminal still turns Ctrl-C into a signal.
  Deno.stdin.setRaw(true, { cbreak: true });
  const reader = Deno.stdin.readable.getReader();
  const decoder = new TextDecoder();
  void (async () => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      for (const key of keysIn(decoder.decode(value, { stream: true }))) onKey(key);
    }
  })().catch(() => {});
  return {
    close() {
      Deno.stdin.setRaw(false);
      void reader.cancel().catch(() => {});
    },
  };
}

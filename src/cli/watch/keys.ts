/** Keys as they are pressed, without Enter. */

/** What a key asks for. */
export type Key = "quit" | "up" | "down" | "page-up" | "page-down" | "home" | "end";

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
  "\x1b[A": "up",
  "\x1b[B": "down",
  "\x1bOA": "up",
  "\x1bOB": "down",
  "\x1b[5~": "page-up",
  "\x1b[6~": "page-down",
  "\x1b[H": "home",
  "\x1b[F": "end",
  "\x1b[1~": "home",
  "\x1b[4~": "end",
};

/** The keys in what a terminal sent at once; a key that means nothing here is left out. */
export function keysIn(text: string): Key[] {
  // deno-lint-ignore no-control-regex
  const parts = text.match(/\x1b(?:\[[0-9;]*[A-Za-z~]|O[A-Z])|[^]/g) ?? [];
  return parts.flatMap((part) => KEYS[part] ?? []);
}

/** Calls `onKey` for each key until it is closed. Reads nothing when stdin is no terminal. */
export function readKeys(onKey: (key: Key) => void): { close(): void } {
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

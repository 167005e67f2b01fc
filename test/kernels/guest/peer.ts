/** The other of two machines, over the second serial line, so that no packet of theirs is traced. */

const LINE = "/dev/ttyS1";

/** How often a word is said that the other one has not answered, in milliseconds. */
const AGAIN_MS = 500;

/** Both machines do what comes next at the same time. */
export interface Peer {
  /** Resolves when both have come to this word, which is used once. */
  meet(word: string): Promise<void>;
}

/** One machine alone waits for nobody. */
export const NOBODY: Peer = { meet: () => Promise.resolve() };

/** Opens the line to the other machine. Rejects where there is none. */
export async function openPeer(path = LINE): Promise<Peer> {
  const raw = ["-F", path, "115200", "raw", "-echo"];
  const { success } = await new Deno.Command("stty", { args: raw }).output();
  if (!success) throw new Error(`Cannot reach the other machine: ${path} is no serial line`);
  // What is written waits for what is read in the same open file.
  const [read, written] = [await Deno.open(path), await Deno.open(path, { write: true })];
  const heard = new Set<string>();
  const waiting = new Map<string, () => void>();
  void listen();
  return { meet };

  async function listen(): Promise<void> {
    const decoder = new TextDecoder();
    const buffer = new Uint8Array(256);
    let rest = "";
    for (;;) {
      const length = await read.read(buffer);
      if (length === null) return;
      const words = (rest + decoder.decode(buffer.subarray(0, length))).split("\n");
      rest = words.pop()!;
      for (const word of words) {
        heard.add(word);
        waiting.get(word)?.();
      }
    }
  }

  /** What is said before the other one has opened its end is lost, so it is said again. */
  async function meet(word: string): Promise<void> {
    const answered = new Promise<void>((resolve) => waiting.set(word, resolve));
    const say = () => written.write(new TextEncoder().encode(`${word}\n`));
    const again = setInterval(say, AGAIN_MS);
    await say();
    if (!heard.has(word)) await answered;
    clearInterval(again);
    // The other one was there by now, and may have missed it until then.
    await say();
  }
}

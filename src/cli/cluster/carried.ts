/** A probe that is started by a command whose standard streams reach it: over ssh, or on this machine. */
import { TETHER_BEAT_MS } from "../capture/tether.ts";
import { apart } from "./apart.ts";
import type { ProbeEnd } from "./fleet.ts";
import { LineReader } from "./line_reader.ts";
import type { Product } from "./product.ts";
import { readPlaceAnswer } from "./start_script.ts";

/** How a probe is carried. */
export interface Carrying {
  /** The whole command. */
  argv: readonly string[];
  /** The ingest as the probe reaches it, by a line that the command says; of `ready` when it needs none. */
  ingestOf(line: string): string | null;
  /** The ingest, when it is known before the command says anything. */
  ingest?: string;
  token: string;
  product: Product;
}

/** A carried probe. */
export interface Carried {
  ended: Promise<ProbeEnd>;
  end(): void;
  /** Ends the command itself, when asking was of no use. */
  kill(): void;
}

/** Lines of it that are kept to say why it ended. */
const SAID_LINES = 6;

/** Starts it. */
export function carry(carrying: Carrying): Carried {
  const [file, ...args] = apart(carrying.argv);
  let child: Deno.ChildProcess;
  try {
    const pipes = { stdin: "piped", stdout: "piped", stderr: "piped" } as const;
    child = new Deno.Command(file!, { args, ...pipes }).spawn();
  } catch (error) {
    const said = `${file} cannot be run: ${error instanceof Error ? error.message : error}`;
    return { ended: Promise.resolve({ isWell: false, said }), end() {}, kill() {} };
  }
  const hand = child.stdin.getWriter();
  const over = new AbortController();
  const letGo = () => {
    over.abort();
    hand.close().catch(() => {});
  };
  const said = new LineReader(child.stderr, SAID_LINES);
  const heard = new LineReader(child.stdout, SAID_LINES);
  const told = converse(carrying, { hand, said, heard, over: over.signal }).catch((error) => {
    letGo();
    return error instanceof Error ? error.message : String(error);
  });
  const ended = (async (): Promise<ProbeEnd> => {
    const [{ success }] = await Promise.all([child.status, said.done, heard.done]);
    over.abort();
    const failed = await told;
    const last = said.last.join("; ");
    return { isWell: success && failed === null, said: failed ?? last };
  })();
  return {
    ended,
    end: letGo,
    kill() {
      letGo();
      try {
        child.kill("SIGTERM");
      } catch {
        // It is gone already.
      }
    },
  };
}

interface Conversation {
  hand: WritableStreamDefaultWriter<Uint8Array>;
  said: LineReader;
  heard: LineReader;
  over: AbortSignal;
}

/** Sends what the place needs, then a beat now and then. Resolves with null when it was ended. */
async function converse(
  { ingest, ingestOf, token, product }: Carrying,
  { hand, said, heard, over }: Conversation,
): Promise<null> {
  const write = (text: string) => hand.write(new TextEncoder().encode(text));
  const answer = heard.first(readPlaceAnswer);
  const at = ingest === undefined ? said.first(ingestOf) : Promise.resolve(ingest);
  const [place, url] = await Promise.all([answer, at]);
  // It ended before it said so: its own last words tell why.
  if (place === null || url === null) return null;
  const wanted = await product.wantedBy(place);
  await write(wanted === null ? "0 -\n" : `${wanted.body.length} ${wanted.digest}\n`);
  if (wanted !== null) await hand.write(wanted.body);
  await write(`${url}\n${token}\n`);
  const beat = setInterval(() => void write("\n").catch(() => {}), TETHER_BEAT_MS);
  over.addEventListener("abort", () => clearInterval(beat));
  if (over.aborted) clearInterval(beat);
  return null;
}

/** Commands of kubectl that run as long as the trace: a way to a port of a pod, and a hand on its tether. */
import { setTimeout as pause } from "node:timers/promises";
import { TETHER_BEAT_MS } from "../../capture/tether.ts";
import { LasthopError } from "../../../event/error.ts";
import { apart } from "../apart.ts";
import { LineReader } from "../line_reader.ts";
import type { Kubectl } from "./kubectl.ts";

const SAID_LINES = 4;
/** Before a tether that broke is taken again. Milliseconds. */
const AGAIN_MS = 1_000;
/** How long kubectl may take to say where it listens. Milliseconds. */
const FORWARD_MS = 20_000;

/** Something that runs until it is let go. */
export interface Running {
  /** Resolves when it has ended. */
  ended: Promise<void>;
  stop(): Promise<void>;
}

function spawn(kubectl: Kubectl, words: readonly string[], stdin: "piped" | "null") {
  const [file, ...args] = apart([...kubectl.argv, ...words]);
  return new Deno.Command(file!, {
    args,
    stdin,
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

function running(child: Deno.ChildProcess, ...heard: LineReader[]): Running {
  const ended = Promise.all([child.status, ...heard.map(({ done }) => done)]).then(() => {});
  return {
    ended,
    async stop() {
      try {
        child.kill("SIGTERM");
      } catch {
        // It is gone.
      }
      await ended;
    },
  };
}

/**
 * A port of this machine that leads to one of a pod. Throws LasthopError `kubectl_failed` where kubectl
 * ends before it listens, or takes too long.
 */
export async function forward(
  kubectl: Kubectl,
  { namespace, pod, port }: { namespace: string; pod: string; port: number },
): Promise<Running & { port: number }> {
  const words = ["-n", namespace, "port-forward", "--address", "127.0.0.1", pod, `:${port}`];
  const child = spawn(kubectl, words, "null");
  const said = new LineReader(child.stderr, SAID_LINES);
  const heard = new LineReader(child.stdout, SAID_LINES);
  const run = running(child, said, heard);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), FORWARD_MS);
  });
  const own = heard.first((line) => /^Forwarding from 127\.0\.0\.1:(\d+)/.exec(line)?.[1] ?? null);
  const found = await Promise.race([own, late]);
  clearTimeout(timer);
  if (found !== null) return { ...run, port: Number(found) };
  await run.stop();
  const why = said.last.at(-1) ?? "it did not say where it listens";
  throw new LasthopError("kubectl_failed", `Cannot reach pod ${pod}: ${why}`);
}

/** Holds the tether of a pod: writes to its standard input, again when the way there broke. */
export function hold(
  kubectl: Kubectl,
  { namespace, pod }: { namespace: string; pod: string },
): Running {
  const over = new AbortController();
  const ended = (async () => {
    while (!over.signal.aborted) {
      const child = spawn(kubectl, ["-n", namespace, "attach", "-i", pod], "piped");
      const run = running(
        child,
        new LineReader(child.stderr, SAID_LINES),
        new LineReader(child.stdout, SAID_LINES),
      );
      const hand = child.stdin.getWriter();
      const beat = () => void hand.write(new TextEncoder().encode("\n")).catch(() => {});
      beat();
      const timer = setInterval(beat, TETHER_BEAT_MS);
      const stop = () => void run.stop();
      over.signal.addEventListener("abort", stop, { once: true });
      await run.ended;
      over.signal.removeEventListener("abort", stop);
      clearInterval(timer);
      await hand.close().catch(() => {});
      if (!over.signal.aborted) await pause(AGAIN_MS);
    }
  })();
  return {
    ended,
    async stop() {
      over.abort();
      await ended;
    },
  };
}

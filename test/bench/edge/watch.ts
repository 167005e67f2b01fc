/** Viewers of a live stream that look only for one thing: when a flow first shows. */
import type { Target } from "./post.ts";

export interface Viewers {
  /** Resolves with each viewer's time (`performance.now()`) of first seeing that text. */
  seen(text: string): Promise<number[]>;
  events(): number;
  close(): void;
}

interface Wanted {
  text: string;
  times: number[];
  all: (times: number[]) => void;
}

/** Opens so many streams, and waits until each has been greeted. */
export async function watch(target: Target, incident: string, count: number): Promise<Viewers> {
  const leave = new AbortController();
  let wanted: Wanted | null = null;
  let events = 0;
  const read = async (greeted: () => void) => {
    const response = await fetch(`${target.url}/v1/incidents/${incident}/live`, {
      headers: { authorization: `Bearer ${target.token}` },
      signal: leave.signal,
    });
    if (!response.ok) throw new Error(`Cannot watch: ${response.status} ${await response.text()}`);
    let tail = "";
    let mine: Wanted | null = null;
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      const text = tail + chunk;
      if (text.includes("event: hello")) greeted();
      events += chunk.split("\nevent: ").length - 1;
      if (wanted !== null && wanted !== mine && text.includes(wanted.text)) {
        mine = wanted;
        wanted.times.push(performance.now());
        if (wanted.times.length === count) wanted.all(wanted.times);
      }
      tail = text.slice(-64);
    }
  };
  const greetings = Array.from({ length: count }, () => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    read(resolve).catch((error) => {
      if (!leave.signal.aborted) reject(error);
    });
    return promise;
  });
  await Promise.all(greetings);
  return {
    seen(text) {
      const { promise, resolve } = Promise.withResolvers<number[]>();
      wanted = { text, times: [], all: resolve };
      return promise;
    },
    events: () => events,
    close: () => leave.abort(),
  };
}

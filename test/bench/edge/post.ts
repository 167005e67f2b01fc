/** Posting as probes do: one body at a time each, sent again when the ingest says when. */
import { setTimeout as pause } from "node:timers/promises";
import type { Body } from "./pings.ts";

export interface Target {
  url: string;
  token: string;
}

export interface Posted {
  events: number;
  requests: number;
  bytes: number;
  /** Answers 429 and 503, each obeyed. */
  held: number;
  /** Connections that broke, most of them idle ones that workerd closed as they were used again. */
  broken: number;
  latenciesMs: number[];
}

/** More of them are not chance. */
const BROKEN_MAX = 1000;

export const nothingPosted = (): Posted => ({
  events: 0,
  requests: 0,
  bytes: 0,
  held: 0,
  broken: 0,
  latenciesMs: [],
});

/** Posts until it is accepted. Throws at an answer that a probe would not try again. */
export async function post(
  { url, token }: Target,
  incident: string,
  body: Body,
  posted: Posted,
): Promise<void> {
  while (true) {
    const from = performance.now();
    let response: Response;
    let text: string;
    try {
      response = await fetch(`${url}/v1/incidents/${incident}/batches`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${token}`,
          "content-encoding": "gzip",
          "content-type": "application/x-ndjson",
        },
        body: body.bytes,
      });
      text = await response.text();
    } catch (error) {
      posted.broken += 1;
      if (posted.broken > BROKEN_MAX) throw error;
      continue;
    }
    posted.requests += 1;
    posted.bytes += body.bytes.length;
    if (response.ok) {
      posted.latenciesMs.push(performance.now() - from);
      posted.events += body.events;
      return;
    }
    if (response.status !== 429 && response.status !== 503) {
      throw new Error(`Cannot post: ${response.status} ${text}`);
    }
    posted.held += 1;
    const seconds = Number(response.headers.get("retry-after") ?? 1);
    await pause(seconds * 1000);
  }
}

/** So many senders share the bodies. A node's bodies may overtake each other. */
export async function postAll(
  target: Target,
  incident: string,
  bodies: Iterable<Body>,
  senders: number,
): Promise<Posted> {
  const posted = nothingPosted();
  const rest = bodies[Symbol.iterator]();
  const send = async () => {
    for (let next = rest.next(); next.done !== true; next = rest.next()) {
      await post(target, incident, next.value, posted);
    }
  };
  await Promise.all(Array.from({ length: senders }, send));
  return posted;
}

/**
 * Stands between probes and ingest, as a proxy does: it keeps one address while ingests come and go,
 * can be away itself, loses an answer now and then, and remembers what the ingest acknowledged.
 */
import type { BatchAnswer } from "../../src/ingest/intake/accept.ts";
import { gunzip } from "../contract/target.ts";
import type { Draw } from "../faults/bench/draw.ts";
import { type Batch, batchesIn } from "./batches.ts";

export interface GateFigures {
  /** Bodies that were acknowledged, and batches in them that were there already. */
  bodies: number;
  duplicates: number;
  /** Acknowledgements that the probe was not told of. */
  answersLost: number;
  /** Requests that no ingest answered. */
  unanswered: number;
  /** Batches or lines that the ingest refused, as it said. */
  refused: string[];
}

/** Of a hundred acknowledgements, so many are lost on their way back. */
const LOST_PERCENT = 3;

/** Longer than a probe waits for an answer. */
const ANSWER_MS = 20_000;

export class Gate {
  /** By incident: every batch that the ingest acknowledged, by its key. */
  readonly acknowledged = new Map<string, Map<string, Batch>>();
  readonly figures: GateFigures = {
    bodies: 0,
    duplicates: 0,
    answersLost: 0,
    unanswered: 0,
    refused: [],
  };
  #server: Deno.HttpServer<Deno.NetAddr> | undefined;
  #open = new AbortController();
  #port = 0;

  /** `ingest`: where the ingest is now; null while none is up. */
  constructor(readonly draw: Draw, readonly ingest: () => string | null) {
    this.#listen();
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Connections break, and further ones are refused, until `back`. */
  async away(): Promise<void> {
    this.#open.abort();
    await this.#server?.finished;
    this.#server = undefined;
  }

  back(): void {
    if (this.#server === undefined) this.#listen();
  }

  #listen(): void {
    this.#open = new AbortController();
    this.#server = Deno.serve({
      hostname: "127.0.0.1",
      port: this.#port,
      signal: this.#open.signal,
      onListen: ({ port }) => void (this.#port = port),
      onError: () => new Response(null, { status: 502 }),
    }, (request) => this.#pass(request));
  }

  async #pass(request: Request): Promise<Response> {
    const { pathname, search } = new URL(request.url);
    const body = request.method === "POST" ? await request.bytes() : null;
    const url = this.ingest();
    if (url === null) return this.#unanswered();
    const headers = new Headers(request.headers);
    headers.delete("host");
    try {
      const { method } = request;
      const signal = AbortSignal.timeout(ANSWER_MS);
      const answer = await fetch(`${url}${pathname}${search}`, { method, headers, body, signal });
      const said = await answer.bytes();
      const incident = /^\/v1\/incidents\/([^/]+)\/batches$/.exec(pathname)?.[1];
      if (incident === undefined || body === null) return passed(answer, said);
      const text = await textOf(request.headers, body);
      // An empty body is a probe that asks whether its token is good.
      if (text === "") return passed(answer, said);
      if (answer.ok) await this.#remember(incident, text, said);
      else if (answer.status === 422) this.figures.refused.push(new TextDecoder().decode(said));
      const isLost = answer.ok && this.draw.next() * 100 < LOST_PERCENT;
      if (!isLost) return passed(answer, said);
      this.figures.answersLost++;
      return new Response(null, { status: 502 });
    } catch {
      return this.#unanswered();
    }
  }

  #unanswered(): Response {
    this.figures.unanswered++;
    return new Response(null, { status: 502 });
  }

  async #remember(incident: string, text: string, said: Uint8Array<ArrayBuffer>): Promise<void> {
    const batches = await batchesIn(text);
    const answer: BatchAnswer = JSON.parse(new TextDecoder().decode(said));
    this.figures.bodies++;
    this.figures.duplicates += answer.duplicates;
    if (answer.accepted + answer.duplicates !== batches.length || answer.refusedTotal > 0) {
      this.figures.refused.push(`${batches.length} batches sent: ${JSON.stringify(answer)}`);
    }
    const known = this.acknowledged.get(incident) ?? new Map<string, Batch>();
    for (const batch of batches) known.set(batch.key, batch);
    this.acknowledged.set(incident, known);
  }
}

async function textOf(headers: Headers, body: Uint8Array<ArrayBuffer>): Promise<string> {
  const isGzip = headers.get("content-encoding") === "gzip";
  return isGzip ? await gunzip(body) : new TextDecoder().decode(body);
}

function passed(answer: Response, body: Uint8Array<ArrayBuffer>): Response {
  const headers = new Headers(answer.headers);
  // What was compressed is not any more.
  for (const name of ["content-encoding", "content-length"]) headers.delete(name);
  return new Response(answer.status === 204 ? null : body, { status: answer.status, headers });
}

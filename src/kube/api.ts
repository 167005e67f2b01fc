/** The API of a cluster, by plain requests. */
/** The API said no. */
export class KubeError extends Error {
  override name = "KubeError";

  constructor(readonly status: number, message: string, readonly retryAfterMs = 0) {
    super(message);
  }
}

/** How a request is made. */
export interface Asking {
  method?: string;
  /** Sent as JSON. */
  body?: unknown;
  /** Of the body, where it is not `application/json`. */
  type?: string;
  signal?: AbortSignal;
}

/** Bytes of an answer that is read whole. */
const ANSWER_BYTES_MAX = 64 * 1024 * 1024;
/** Characters of one line of a watch: one object and more. */
const LINE_CHARS_MAX = 8 * 1024 * 1024;
const ANSWER_MS_MAX = 15_000;

/** A cluster that can be asked. */
export class KubeApi {
  constructor(
    readonly cluster: string,
    readonly server: string,
    readonly client: Deno.HttpClient | undefined,
    readonly authorization: () => string | undefined,
    readonly onClose: () => Promise<void> | void = () => {},
  ) {}

  /** What is answered, as JSON. Rejects with KubeError, and with what `fetch` does. */
  async json(path: string, asking: Asking = {}): Promise<unknown> {
    return (await this.dated(path, asking)).json;
  }

  /** The same, with when the server says that it answered: whole seconds, as ms since 1970. */
  async dated(path: string, asking: Asking = {}): Promise<{ json: unknown; dateMs?: number }> {
    const timeout = AbortSignal.timeout(ANSWER_MS_MAX);
    const signal = asking.signal ? AbortSignal.any([asking.signal, timeout]) : timeout;
    const answer = await this.#fetch(path, { ...asking, signal });
    const dateMs = Date.parse(answer.headers.get("date") ?? "");
    const json = JSON.parse(await textOf(answer));
    return Number.isNaN(dateMs) ? { json } : { json, dateMs };
  }

  /** The lines of an answer that goes on, as they come. Ends when the server ends it. */
  async *lines(path: string, signal: AbortSignal): AsyncGenerator<string> {
    const answer = await this.#fetch(path, { signal });
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        rest += value;
        if (rest.length > LINE_CHARS_MAX) {
          throw new KubeError(0, "a line of its answer is too long");
        }
        const lines = rest.split("\n");
        rest = lines.pop()!;
        for (const line of lines) if (line !== "") yield line;
      }
    } finally {
      await reader.cancel().catch(() => {});
    }
  }

  async close(): Promise<void> {
    this.client?.close();
    await this.onClose();
  }

  async #fetch(path: string, { method = "GET", body, type, signal }: Asking): Promise<Response> {
    const headers = new Headers({ accept: "application/json" });
    const authorization = this.authorization();
    if (authorization !== undefined) headers.set("authorization", authorization);
    if (body !== undefined) headers.set("content-type", type ?? "application/json");
    const answer = await fetch(this.server + path, {
      method,
      headers,
      redirect: "error",
      ...(signal ? { signal } : {}),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(this.client ? { client: this.client } : {}),
    });
    if (answer.ok) return answer;
    throw await refusal(answer, path);
  }
}

async function textOf(answer: Response): Promise<string> {
  let text = "";
  for await (const part of answer.body!.pipeThrough(new TextDecoderStream())) {
    text += part;
    if (text.length > ANSWER_BYTES_MAX) throw new KubeError(0, "its answer is too large");
  }
  return text;
}

async function refusal(answer: Response, path: string): Promise<KubeError> {
  const seconds = Number(answer.headers.get("retry-after") ?? 0);
  const text = await textOf(answer).catch(() => "");
  let said = text;
  try {
    said = (JSON.parse(text) as { message?: string }).message ?? text;
  } catch {
    // A proxy's own page.
  }
  const why = said.replace(/\s+/g, " ").slice(0, 300);
  const retryAfterMs = Number.isFinite(seconds) ? Math.max(0, seconds) * 1_000 : 0;
  return new KubeError(
    answer.status,
    `${path.split("?")[0]}: ${answer.status} ${why}`,
    retryAfterMs,
  );
}

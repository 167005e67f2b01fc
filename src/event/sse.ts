/** Server-sent events as text, written and read (HTML standard, section 9.2). */

/**
 * What a viewer of a live stream accepts that folds differences of lists: it is not told all nodes and
 * all problems for one of them. An ingest that does not know it tells them whole.
 */
export const DIFFERENCES_ACCEPT = "text/event-stream; differences=1";

/** Whether an Accept header asks for that. */
export const acceptsDifferences = (accept: string | null | undefined): boolean =>
  /;\s*differences=1\s*(?:[;,]|$)/i.test(accept ?? "");

/** One event as it is written. */
export interface ServerSentEvent {
  /** What a reader whose connection broke sends back as Last-Event-ID. Holds no line end. */
  id?: string;
  event: string;
  /** JSON, so it holds no line end. */
  data: string;
}

/** One event as it is read. */
export interface ReceivedServerSentEvent {
  /** The last `id:` of the stream so far: what to resume from. Empty before the first one. */
  id: string;
  /** `message` when the stream gave no name. */
  event: string;
  data: string;
}

/** The text of one event, with the empty line that ends it. */
export function encodeServerSentEvent({ id, event, data }: ServerSentEvent): string {
  return `${id === undefined ? "" : `id: ${id}\n`}event: ${event}\ndata: ${data}\n\n`;
}

/**
 * A parser for a stream that comes in pieces. Give it decoded text: it returns the events that are
 * whole, and keeps what the piece cuts off until the next piece brings the rest.
 */
export function createSseParser(): (text: string) => ReceivedServerSentEvent[] {
  let rest = "";
  let id = "";
  let event = "";
  let data: string[] = [];

  function line(text: string, out: ReceivedServerSentEvent[]): void {
    if (text === "") {
      if (data.length > 0) out.push({ id, event: event || "message", data: data.join("\n") });
      event = "";
      data = [];
      return;
    }
    const colon = text.indexOf(":");
    // A line that starts with a colon is a comment: the ingest's heartbeat.
    if (colon === 0) return;
    const field = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? "" : text.slice(colon + (text[colon + 1] === " " ? 2 : 1));
    if (field === "data") data.push(value);
    else if (field === "event") event = value;
    else if (field === "id" && !value.includes("\0")) id = value;
  }

  return (text) => {
    const out: ReceivedServerSentEvent[] = [];
    // A report may be megabytes on one line: only the new piece is searched for its end.
    const lines = text.split("\n");
    lines[0] = rest + lines[0];
    rest = lines.pop()!;
    for (const raw of lines) line(raw.endsWith("\r") ? raw.slice(0, -1) : raw, out);
    return out;
  };
}

/** The events of a body in UTF-8. An event that the end of the body cuts is left out. */
export async function* readServerSentEvents(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<ReceivedServerSentEvent> {
  const decoder = new TextDecoder();
  const parse = createSseParser();
  for await (const chunk of chunks) yield* parse(decoder.decode(chunk, { stream: true }));
}

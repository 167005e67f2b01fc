/** Server-sent events as they come in pieces (HTML standard, section 9.2). */

export interface ServerSentEvent {
  /** The last `id:` of the stream so far: what to resume from. */
  id: string;
  event: string;
  data: string;
}

/** A parser that keeps what a piece cuts off. Feed it decoded text; it gives whole events. */
export function createSseParser(): (text: string) => ServerSentEvent[] {
  let rest = "";
  let id = "";
  let event = "";
  let data: string[] = [];

  function line(text: string, out: ServerSentEvent[]): void {
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
    const out: ServerSentEvent[] = [];
    // A report may be megabytes on one line: only the new piece is searched for its end.
    const lines = text.split("\n");
    lines[0] = rest + lines[0];
    rest = lines.pop()!;
    for (const raw of lines) line(raw.endsWith("\r") ? raw.slice(0, -1) : raw, out);
    return out;
  };
}

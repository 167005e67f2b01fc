/** Server-sent events as text, written and read (HTML standard, section 9.2). */

export interface ServerSentEvent {
  id?: string;
  event: string;
  data: string;
}

export function encodeServerSentEvent({ id, event, data }: ServerSentEvent): string {
  // JSON has no raw line ends, so one data line is enough; an id never has any.
  return `${id === undefined ? "" : `id: ${id}\n`}event: ${event}\ndata: ${data}\n\n`;
}

/** Events of a stream. Comments are skipped, an event that the end cuts is left out. */
export async function* readServerSentEvents(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<ServerSentEvent> {
  const decoder = new TextDecoder();
  let rest = "";
  let open: { id?: string; event: string; data: string[] } = { event: "message", data: [] };
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop()!;
    for (const raw of lines) {
      const line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
      if (line === "") {
        if (open.data.length > 0) yield { ...open, data: open.data.join("\n") };
        open = { event: "message", data: [] };
      } else {
        const colon = line.indexOf(":");
        const value = line.slice(colon + 1).replace(/^ /, "");
        if (colon < 0) continue;
        const field = line.slice(0, colon);
        if (field === "data") open.data.push(value);
        else if (field === "event") open.event = value;
        else if (field === "id") open.id = value;
      }
    }
  }
}

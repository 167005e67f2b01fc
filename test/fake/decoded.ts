/** What a probe makes of lines of bpftrace. */
import type { Event } from "../../src/event/event.ts";
import { createDecoder } from "../../src/probe/read/decode.ts";

/** The events that these lines tell, in their order, and the lines that could not be understood. */
export function decoded(lines: readonly string[]): { events: Event[]; refused: string[] } {
  const [events, refused]: [Event[], string[]] = [[], []];
  const decoder = createDecoder({
    onEvent: (event) => void events.push(event),
    onTick() {},
    onReading() {},
    onRefused: (line) => void refused.push(line),
    reasonName: String,
  });
  for (const line of lines) decoder.line(line);
  decoder.flush();
  return { events, refused };
}

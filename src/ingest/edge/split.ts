/** Lines of a batch by where they are kept. */
import { decodeLine } from "../../event/codec.ts";
import type { Event } from "../../event/event.ts";

/** The lines that go to one place. */
export interface Share {
  text: string;
  /** Number of lines. */
  lines: number;
}

/** The lines by shard. `null` is the hub, which also keeps every line that is no event. */
export function splitText(
  text: string,
  shards: number,
  placement: (event: Event, shards: number) => number | null,
): Map<number | null, Share> {
  const lines = new Map<number | null, string[]>();
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const decoded = decodeLine(line);
    const shard = decoded.type === "event" ? placement(decoded.event, shards) : null;
    const own = lines.get(shard);
    if (own) own.push(line);
    else lines.set(shard, [line]);
  }
  return new Map([...lines].map(([shard, own]) => [
    shard,
    { text: own.join("\n") + "\n", lines: own.length },
  ]));
}

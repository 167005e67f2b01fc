/** By when a node must have written rules of what the API told, and what was read of them by then. */
import type { NetnsState } from "../../../event/state.ts";
import { around } from "../../cluster/cluster.ts";
import type { Stretch } from "../../cluster/history.ts";
import { readingAfter } from "../../view/netns_asked.ts";
import { stateAt } from "../../view/state_view.ts";
import { wallMsAt } from "../../view/time_of_day.ts";
import type { Sighting } from "../../view/timeline.ts";

/** Rules are written within a second or two of a change; where there are many, some more. */
const WRITTEN_MS = 10_000;

/** The time with that before it in which rules are written. */
export const withWriting = ({ fromMs, toMs }: Stretch): Stretch => ({
  fromMs: fromMs - WRITTEN_MS,
  toMs,
});

/** What was so all of the time must be in the rules. */
export interface Written {
  time: Stretch;
  /** What was read by then of the rules that a packet met at a place. */
  readAt(place: Sighting): (NetnsState | null)[];
}

/**
 * Of a packet that passed these places about `time`: its rules had ten seconds before it, or have had them
 * when they were read again, as they were.
 */
export function* writtenBy(time: Stretch, places: readonly Sighting[]): Generator<Written> {
  const now = ({ node, netns, at }: Sighting) => stateAt(node, netns, at);
  yield { time: withWriting(time), readAt: (place) => [now(place)] };
  const later = new Map<Sighting, NetnsState>();
  const read = { fromMs: Infinity, toMs: -Infinity };
  for (const place of places) {
    const { node, netns, at } = place;
    const reading = netns === undefined
      ? undefined
      : readingAfter(node, netns, at + WRITTEN_MS * 1e6);
    if (reading === undefined || reading.at <= at) return;
    later.set(place, reading.state);
    const { fromMs, toMs } = around(wallMsAt(node, reading.at));
    read.fromMs = Math.min(read.fromMs, withWriting({ fromMs, toMs }).fromMs);
    read.toMs = Math.max(read.toMs, toMs);
  }
  if (later.size === 0) return;
  yield {
    time: { fromMs: Math.min(time.fromMs, read.fromMs), toMs: Math.max(time.toMs, read.toMs) },
    readAt: (place) => [now(place), later.get(place) ?? null],
  };
}

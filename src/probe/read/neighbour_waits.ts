/**
 * Packets that wait for their next hop's link address when the trace is to end: the kernel gives
 * up on them about three seconds after it began to ask, and only then is told what became of them.
 */
import type { Event } from "../../event/event.ts";

/** Milliseconds: the kernel asks three times, a second apart, and then gives up. */
const GIVES_UP_MS = 3_400;

const ASKS = /^(__neigh_event_send|neigh_timer_handler|neigh_probe)$/;

/** Which namespaces ask for a next hop and have had no answer yet. */
export class NeighbourWaits {
  /** When each namespace, by inode, began to ask without having sent a packet since. */
  #askedMs = new Map<number, number>();

  /** Takes an event that was read at `nowMs`, by any clock that `remainingMs` is told, too. */
  note(event: Event, nowMs: number): void {
    if (event.netns === undefined) return;
    if (event.kind === "consume" && ASKS.test(event.function ?? "")) {
      // The first asking counts: what waits longest is given up first.
      if (!this.#askedMs.has(event.netns)) this.#askedMs.set(event.netns, nowMs);
    } else if (isAnswered(event)) this.#askedMs.delete(event.netns);
  }

  /** Milliseconds until the kernel gives up on the last of those packets; 0 when none waits. */
  remainingMs(nowMs: number): number {
    let remaining = 0;
    for (const askedMs of this.#askedMs.values()) {
      remaining = Math.max(remaining, askedMs + GIVES_UP_MS - nowMs);
    }
    return remaining;
  }
}

/** A packet went out after all, or the kernel gave up. */
function isAnswered(event: Event): boolean {
  if (event.kind === "drop") return event.reason?.startsWith("NEIGH_") ?? false;
  const asks = event.network === "arp" || event.icmpType === 135;
  return event.kind === "device-tx" && !asks;
}

/**
 * Lets through as many failed routing lookups as prove a cause, and no more: a host that has no
 * route asks again for every packet, and each answer is the same.
 */
import type { Event } from "../../event/event.ts";

/** Lookups of one question that pass within the window. */
const SAME_MAX = 8;
const WINDOW_NS = 1_000_000_000n;
const QUESTIONS_MAX = 4_096;

/** Counts the lookups of each question: namespace, table, error, end points and protocol. */
export class RouteGate {
  #seen = new Map<string, { sinceNs: bigint; count: number }>();

  /** Whether this lookup is one to keep. Counts it. */
  pass(event: Event): boolean {
    const { netns, routeTable, routeError, source, destination, protocol, timeNs } = event;
    const key = [netns, routeTable, routeError, source, destination, protocol].join(" ");
    const seen = this.#seen.get(key);
    if (seen !== undefined && timeNs - seen.sinceNs < WINDOW_NS) {
      seen.count += 1;
      return seen.count <= SAME_MAX;
    }
    this.#seen.delete(key);
    this.#seen.set(key, { sinceNs: timeNs, count: 1 });
    const { value: oldest } = this.#seen.keys().next();
    if (this.#seen.size > QUESTIONS_MAX && oldest !== undefined) this.#seen.delete(oldest);
    return true;
  }
}

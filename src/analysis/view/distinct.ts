/** Event lines that came more than once: a doubled line must not hide that another is missing. */
import type { Event } from "../../event/event.ts";

/** A key: events of one kind, moment, processor and skb are one event that came twice. */
export const sameness = (event: Event) =>
  `${event.kind} ${event.timeNs} ${event.cpu} ${event.skb ?? ""}`;

/** A test of events of one node, in turn: true for each that did not come before. */
export function isFirst(): (event: Event) => boolean {
  const seen = new Set<string>();
  return (event) => {
    const key = sameness(event);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  };
}

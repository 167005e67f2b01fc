/** The time of day that a report covers. */
import type { NodeView, Sighting } from "../view/timeline.ts";

/** From the first to the last event, as RFC 3339 in UTC with milliseconds; null without events. */
export interface Span {
  from: string | null;
  to: string | null;
}

/** Wall clock of the first and last event, by each node's own pairing of its two clocks. */
export function spanOf(nodes: readonly NodeView[]): Span {
  let from = Infinity;
  let to = -Infinity;
  for (const node of nodes) {
    const first = node.events[0];
    const last = node.events.at(-1);
    if (!first || !last) continue;
    from = Math.min(from, wallMs(node, first));
    to = Math.max(to, wallMs(node, last));
  }
  if (from === Infinity) return { from: null, to: null };
  return { from: rfc3339(from), to: rfc3339(to) };
}

/** A moment on the clock of a node. */
type Moment = Pick<Sighting, "node" | "timeNs">;

function wallMs(node: NodeView, event: Pick<Moment, "timeNs">): number {
  const { clock } = node.header;
  return clock.wallMs + Number(event.timeNs - BigInt(clock.monotonicNs)) / 1e6;
}

/** The time of day of a sighting, RFC 3339 in UTC with milliseconds, by its node's own clocks. */
export const timeOfDay = (event: Moment): string => rfc3339(wallMs(event.node, event));

/** Civil date of a day count, so that no clock or time zone of a runtime is asked. */
function rfc3339(ms: number): string {
  const days = Math.floor(ms / 86_400_000);
  const rest = Math.floor(ms - days * 86_400_000);
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const doe = z - era * 146_097;
  const yoe = Math.floor(
    (doe - Math.floor(doe / 1460) + Math.floor(doe / 36_524) - Math.floor(doe / 146_096)) / 365,
  );
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100));
  const mp = Math.floor((5 * doy + 2) / 153);
  const day = doy - Math.floor((153 * mp + 2) / 5) + 1;
  const month = mp < 10 ? mp + 3 : mp - 9;
  const year = yoe + era * 400 + (month <= 2 ? 1 : 0);
  const two = (n: number, width = 2) => String(n).padStart(width, "0");
  const h = Math.floor(rest / 3_600_000);
  const m = Math.floor(rest / 60_000) % 60;
  const s = Math.floor(rest / 1000) % 60;
  return `${two(year, 4)}-${two(month)}-${two(day)}T${two(h)}:${two(m)}:${two(s)}.${
    two(rest % 1000, 3)
  }Z`;
}

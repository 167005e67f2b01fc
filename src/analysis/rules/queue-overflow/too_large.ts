/** A packet that a shaper can never pass, however empty it is. */
import type { Event } from "../../../event/event.ts";
import type { Qdisc } from "../../../event/state.ts";

/** Bytes of each unit, and how far a printed burst may be below the real one (`sprint_size`). */
const UNITS: Record<string, { bytes: number; rounding: number }> = {
  b: { bytes: 1, rounding: 0 },
  Kb: { bytes: 1024, rounding: 16 },
  Mb: { bytes: 1024 * 1024, rounding: 1024 },
};

/**
 * Bytes of tbf's burst where the packet is larger: tbf_enqueue drops it whatever is in the queue. A
 * GSO packet is not, it is cut first. Null otherwise, and where either is not known.
 */
export function burstBelow(event: Event, { kind, text }: Qdisc): number | null {
  const burst = kind === "tbf" ? /\bburst (\d+(?:\.\d+)?)(b|Kb|Mb)\b/.exec(text) : null;
  const unit = UNITS[burst?.[2] ?? ""];
  if (!burst || !unit || event.ipLength === undefined || (event.gsoSize ?? 0) > 0) return null;
  const bytes = Number(burst[1]) * unit.bytes;
  // The frame is longer still, by its headers.
  return event.ipLength > bytes + unit.rounding ? bytes : null;
}

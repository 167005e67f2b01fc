/** Words for since when a problem is, its last failure, whether it still is: for every face. */
import type { Problem } from "../event/report.ts";
import { plainAge } from "./age.ts";

const LAST: Partial<Record<string, string>> = { dropped: "last drop", vanished: "last loss" };

/** How times are told. */
export interface TimesTold {
  /** Writes a time of day. */
  time(timeOfDay: string): string;
  /** Now, by the clocks of the nodes, in ms since 1970; null when what is told is of the past. */
  nowMs: number | null;
  /** That it is healed, and when, stands above. */
  isHealedTold?: boolean;
}

/**
 * `✓ healed 20:20:39, last drop 14 s ago · 22 delivered since`,
 * `failing since 20:20:01 · last drop 2 s ago`. Of a past incident times of day instead of ages.
 */
export function mendedText(
  { state, severity, outcome, firstAt, lastAt, healedAt, deliveredSince = 0 }: Problem,
  { time, nowMs, isHealedTold = false }: TimesTold,
): string {
  const ageMs = nowMs === null ? NaN : nowMs - Date.parse(lastAt);
  const when = Number.isNaN(ageMs) ? time(lastAt) : `${plainAge(ageMs)} ago`;
  const last = `${LAST[outcome] ?? "last failure"} ${when}`;
  if (state === "healed" && isHealedTold) {
    const once = firstAt === lastAt;
    return `${once ? "" : `failed since ${time(firstAt)} · `}${last} · ` +
      `${deliveredSince} delivered since`;
  }
  if (state === "healed") {
    return `✓ healed ${time(healedAt ?? lastAt)}, ${last} · ${deliveredSince} delivered since`;
  }
  if (state === "ended") {
    const since = deliveredSince === 0
      ? "not tried since"
      : `only ${deliveredSince} delivered since`;
    const began = firstAt === lastAt ? "" : `failed since ${time(firstAt)} · `;
    return `ended: ${began}${last} · ${since}`;
  }
  // Of what nobody saw the end, nobody knows that it failed.
  if (severity === "unknown") return `not known how it ended since ${time(firstAt)} · last ${when}`;
  if (firstAt === lastAt) return `failed once, ${when}`;
  return `failing since ${time(firstAt)} · ${last}`;
}

/// <reference lib="dom" />
/** What time it is for an incident that is being watched; a past one has no "ago". */
import { computed, effect, signal } from "@preact/signals";
import { connection, isOver, told } from "./model.ts";

/** A report that is older when it comes is one of the past: nodes' clocks are truer than that. */
const LIVE_MS = 120_000;
const TICK_MS = 1_000;

/**
 * How far the browser's clock is ahead of the last event when it comes, ms: the least that was seen,
 * which is what their clocks differ and how long the way is. Null before the first.
 */
const aheadMs = signal<number | null>(null);
const browserMs = signal(Date.now());

/** Whether the incident goes on while the page shows it; false for a replay or a closed one. */
const goesOn = computed(() =>
  connection.value.state === "live" && !isOver.value && aheadMs.value !== null &&
  Math.abs(aheadMs.value) < LIVE_MS
);

/** Now by the clocks of the nodes, in ms since 1970, each second anew; null in an incident of the past. */
export const nodesNowMs = computed(() => goesOn.value ? browserMs.value - aheadMs.value! : null);

/** Follows the incident's last event and the time. Returns what stops it. */
export function followTime(): () => void {
  const last = computed(() => told.value.to);
  const stopLast = effect(() => {
    const at = Date.parse(last.value ?? "");
    if (Number.isNaN(at)) return;
    const ahead = Date.now() - at;
    browserMs.value = Date.now();
    aheadMs.value = Math.min(aheadMs.peek() ?? ahead, ahead);
  });
  const stopTicks = effect(() => {
    if (!goesOn.value) return;
    const timer = setInterval(() => browserMs.value = Date.now(), TICK_MS);
    return () => clearInterval(timer);
  });
  return () => {
    stopLast();
    stopTicks();
  };
}

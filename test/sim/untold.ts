/** What a probe says that it did not tell, by stretches of its clock. */
import type { EventKind } from "../../src/event/event.ts";
import type { LeftOut } from "./left_out.ts";
import type { Mask } from "./sampled.ts";
import type { Emission } from "./truth.ts";

/** The script that tells of a kind of event. */
export const SCRIPT_OF: Partial<Record<EventKind, string>> = {
  "device-rx": "device_rx",
  "device-tx": "device_tx",
  drop: "drop",
  consume: "consume",
  deliver: "deliver",
  route: "route",
  neighbour: "neighbour",
  "icmp-error": "icmp_error",
  reset: "reset",
};

/** CLOCK_MONOTONIC at simulated time zero. */
interface Clock {
  monotonicNs: bigint;
}

/** Stretches in which something was left out up to this moment, as the probe's clock tells them. */
export function missedOf(leftOut: readonly LeftOut[], until: number, { monotonicNs }: Clock) {
  const text = (at: number) => String(monotonicNs + BigInt(Math.max(0, Math.round(at))));
  return leftOut.filter(({ emissions }) => [...emissions].some(({ at }) => at <= until))
    .map(({ from, to, emissions, isOfScripts }) => ({
      fromNs: text(from),
      toNs: text(to),
      count: emissions.size,
      ...(isOfScripts ? { scripts: runsByScript(emissions) } : {}),
    }));
}

function runsByScript(emissions: ReadonlySet<Emission>): Record<string, number> {
  const runs: Record<string, number> = {};
  for (const { kind } of emissions) {
    const script = SCRIPT_OF[kind] ?? kind;
    runs[script] = (runs[script] ?? 0) + 1;
  }
  return runs;
}

/** Stretches in which not all was told, up to this moment. */
export function sampledOf(masks: readonly Mask[], until: number, { monotonicNs }: Clock) {
  const text = (at: number) => String(monotonicNs + BigInt(Math.round(at)));
  return masks.filter(({ from, rank, dropRank }) => from <= until && rank + dropRank > 0)
    .map(({ from, to, rank, dropRank }) => ({
      fromNs: text(from),
      toNs: text(Math.min(to, until)),
      rank,
      dropRank,
    }));
}

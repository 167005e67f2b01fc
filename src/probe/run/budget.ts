/** How much is told: events a second for long, and more at once as far as the buffers can hold it. */
import { type Capability, isAtLeast } from "../kernel/capability.ts";
import { bufferBytesMax, type Share } from "./share.ts";

/** Events of packets that pass and, as many again, of drops, errors and resets. */
export interface Budget {
  /** What is told for long. */
  eventsPerSecond: number;
  /** Events that are told at once when nothing was told for a while. */
  saved: { hop: number; rare: number };
  /** Packets of each flow that are told at each place in a second whatever else is; absent: the usual. */
  firstsPerSecond?: number;
}

/** What decides about the buffers: 0.17 has one for each processor, later ones have one for all. */
type Machine = Pick<Capability, "cpus" | "bpftrace">;

/** Of a processor, bpftrace takes 6 us for each event and lasthop 25 us, as measured with 0.17. */
export const EVENTS_PER_PERCENT = 400;

/** Seconds of the budget that are saved while less is told. */
const SAVED_SECONDS = 10;

/** Bytes of an event in a buffer: 330 (0.17) and 390 (0.27) were measured, a tunnel's line is 110 more. */
const EVENT_BYTES = 450;

/** The part of a buffer that may be told at once: the rest is for what is told while nobody reads. */
const SAVED_PART = 3 / 4;

const PAGE_BYTES = 4096;

/** A buffer's most: all of a burst may be told on one processor, so larger ones would hold no more. */
const BUFFER_BYTES_MAX = 32 * 1024 * 1024;

/** Pages of each of bpftrace's buffers, a power of two, so that all of them take their share at most. */
export function bufferPages(share: Share, { cpus, bpftrace }: Machine): number {
  const buffers = isAtLeast(bpftrace ?? "", "0.18") ? 1 : cpus;
  let pages = BUFFER_BYTES_MAX / PAGE_BYTES;
  while (pages > 64 && pages * buffers * PAGE_BYTES > bufferBytesMax(share)) pages /= 2;
  return pages;
}

/**
 * What the scripts may tell. What is saved is told at once and perhaps on one processor, so its buffer
 * must hold it, however slowly bpftrace reads: two thirds of it are for packets that pass.
 */
export function budgetOf(share: Share, machine: Machine): Budget {
  const eventsPerSecond = share.eventsPerSecond ?? share.cpuPercent * EVENTS_PER_PERCENT;
  const held = bufferPages(share, machine) * PAGE_BYTES * SAVED_PART / EVENT_BYTES;
  const wanted = eventsPerSecond * SAVED_SECONDS;
  return {
    eventsPerSecond,
    saved: { hop: Math.min(wanted, held * 2 / 3), rare: Math.min(wanted, held / 3) },
    ...(share.firstsPerSecond === undefined ? {} : { firstsPerSecond: share.firstsPerSecond }),
  };
}

/** So little is told in any case, events a second: below it what begins and ends would be missed as well. */
const LEAST_PER_SECOND = 250;

/** Half of the budget, for a processor that is too slow or too busy for it; null: there is nothing to save. */
export function halved(budget: Budget): Budget | null {
  const eventsPerSecond = budget.eventsPerSecond / 2;
  if (eventsPerSecond < LEAST_PER_SECOND) return null;
  const { hop, rare } = budget.saved;
  return { ...budget, eventsPerSecond, saved: { hop: hop / 2, rare: rare / 2 } };
}

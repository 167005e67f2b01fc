/** What the thread that answers and the one that analyses tell each other. */
import type { Evicted, StoredBatch } from "../stores/store.ts";
import type { Asked, Made } from "./analyst.ts";
import type { StoredLines } from "./kept.ts";
import type { Pack, Spelling } from "./packs.ts";
import type { ListName } from "./spelled.ts";

/** What the analyst is started with. */
export interface AnalystStart {
  /** Events whose analysis is kept, of all incidents beyond the one in use. */
  analysedEventsMax: number;
}

/** To the analyst. A batch of a reading is answered with `next`; null is its end. */
export type ToAnalyst =
  | { type: "stored"; incident: string; row: number; batch: StoredLines; evicted: Evicted[] }
  | { type: "evicted"; incident: string; evicted: Evicted[] }
  | { type: "forget"; incident: string }
  | { type: "report"; request: number; asked: Asked }
  | { type: "batch"; reading: number; batch: StoredBatch | null }
  | { type: "unreadable"; reading: number; why: string };

/**
 * From the analyst. `read` asks for the batches of an incident, one with each `next`. Items of a report
 * that is told whole come before it, some at a time: all in one message would be there three times.
 * `empty`: it has nothing any more that it could be ended with.
 */
export type FromAnalyst =
  | { type: "spelled"; request: number; list: ListName; items: (Spelling | Pack)[] }
  | { type: "made"; request: number; made: Made }
  | { type: "failed"; request: number; why: string }
  | { type: "empty" }
  | { type: "read"; reading: number; incident: string }
  | { type: "next"; reading: number }
  | { type: "left"; reading: number };

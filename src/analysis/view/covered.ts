/** What a node covered, and whether that is the same as before. */
import type { BatchHeader } from "../../event/batch.ts";
import { atLeast } from "./counted.ts";
import type { GoneUntil } from "./gone.ts";
import { isOverlapping, type ProbeRun } from "./runs.ts";

/** A stretch of a node's time, in `at`, in which so many runs of scripts were left out. */
export interface Stretch {
  /** An `at`, ns. */
  from: number;
  /** An `at`, ns. */
  to: number;
  count: number;
  /** How many of which script; undefined: not known. */
  scripts?: Readonly<Record<string, number>> | undefined;
}

/** Runs of these scripts that may be among those that were left out in a stretch; null: of any. */
export const leftOutOf = (
  { count, scripts }: Pick<Stretch, "count" | "scripts">,
  names: readonly string[] | null,
): number =>
  names === null || scripts === undefined
    ? count
    : names.reduce((sum, name) => sum + (scripts[name] ?? 0), 0);

/** A stretch of a node's time, in `at`, in which only packets of some ranks were told. Rule O22. */
export interface Sampled {
  /** An `at`, ns. */
  from: number;
  /** An `at`, ns. */
  to: number;
  /** All from this rank on were told by the scripts that see packets pass. */
  rank: number;
  /** All from this rank on were told by the scripts that tell of drops, errors and resets. */
  dropRank: number;
}

/** How a node's monotonic clock stands to the time of day, from one reading of both. */
export type Clock = BatchHeader["clock"];

/** What a node covered. Times are `at`s: ns since its `baseNs` by its CLOCK_MONOTONIC. */
export interface Coverage {
  /** Header of the batch that reaches furthest in time: its totals are the highest. */
  header: BatchHeader;
  /** The first reading of both clocks, by which all times of day are told. */
  clock: Clock;
  /** Events that bpftrace lost or that the probe threw away at its limits. */
  lost: number;
  /** Lines that the probe or the ingest could not read. */
  refused: number;
  /** How many times its probe was started: between two runs nothing was watched. */
  runs: number;
  /** Those runs, by time. */
  probeRuns: ProbeRun[];
  /** Batches that have not come, although later ones have. */
  missing: number;
  /** Events that its probes say they sent, and that have not come with the batches that came. */
  unaccounted: number;
  /** Up to when the store threw away events of it. */
  gone: GoneUntil;
  /** Stretches in which the kernel left out runs of scripts: a packet may have passed unseen. */
  missed: Stretch[];
  /** Stretches in which so many of `lost` were lost; of the others it is not known when. */
  losses: Stretch[];
  /** Stretches in which not all packets were told. */
  sampled: Sampled[];
  /** Its wall clock was set while it was watched. */
  wallSteps: boolean;
  /** How far times of day may be from the true ones, ms; undefined: not known. */
  timesWithinMs: number | undefined;
  /** Up to when watching is known to have gone on. */
  untilAt: number;
  /** Up to when its losses are known: a batch may tell of losses in the time of the one before. */
  toldAt: number;
}

/** Parts of a header that tell what a node covers; the others are of one batch alone. */
const TELLING = [
  "kernel",
  "bpftrace",
  "boot",
  "filter",
  "followsAnswers",
  "translationsUntold",
  "asksThirdHeaders",
  "allNetns",
  "netns",
  "scripts",
] as const;

/** Whether two coverages say the same of what was lost and left out. */
export const hasSameLosses = (a: Coverage, b: Coverage): boolean =>
  a.lost === b.lost && a.refused === b.refused && a.runs === b.runs &&
  isOverlapping(a.probeRuns) === isOverlapping(b.probeRuns) &&
  a.missing === b.missing && a.unaccounted === b.unaccounted &&
  JSON.stringify([a.missed, a.losses, a.sampled]) ===
    JSON.stringify([b.missed, b.losses, b.sampled]);

/** Whether two headers tell the same of the node and its probe. */
export const hasSameSettings = (a: Coverage, b: Coverage): boolean =>
  a.wallSteps === b.wallSteps && a.timesWithinMs === b.timesWithinMs &&
  (a.header === b.header || settingsOf(a.header) === settingsOf(b.header));

const settingsOf = (header: BatchHeader): string =>
  JSON.stringify([
    ...TELLING.map((part) => header[part]),
    header.recorder && atLeast(header.recorder.overwritten),
    header.recorder && atLeast(header.recorder.spared ?? 0),
  ]);

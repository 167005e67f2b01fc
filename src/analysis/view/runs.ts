/** The runs of a node's probe, and what of them can't be known: said in a report's coverage. */

import type { BatchHeader } from "../../event/batch.ts";
import { atLeast } from "./counted.ts";

/** One run of a probe, by the batches that came of it. */
export interface ProbeRun {
  /** The node's wall clock when all was attached and up to when it told, in ms. */
  fromMs: number;
  untilMs: number;
  /** Up to when it told, by the first of its readings of both clocks, as all times of day are told, ms. */
  endedMs: number;
  /** Its last batch came, which says what was lost up to its end. */
  isEnded: boolean;
  /** Batches before the first that came; 0 where batches were put together and nobody can tell. */
  missingFirst: number;
}

/** Two runs that overlap by more than what a clock that is set can do to them, ms. */
const OVERLAP_MS = 2_000;

/** From this rank on only packets are told that begin, end or refuse something. Rule O22. */
export const NO_ORDINARY = 16;

/** Whether two of the runs, by time, watched at the same time: one name for two probes. */
export function isOverlapping(runs: readonly ProbeRun[]): boolean {
  let untilMs = -Infinity;
  for (const run of runs) {
    if (Math.min(untilMs, run.untilMs) - run.fromMs > OVERLAP_MS) return true;
    untilMs = Math.max(untilMs, run.untilMs);
  }
  return false;
}

/** What of a node was not watched or has not come, a sentence each without the node's name. */
export function watchGaps(
  {
    header: { recorder, translationsUntold },
    probeRuns: runs,
    missing,
    unaccounted,
    missed,
    sampled,
    wallSteps,
  }: {
    header: Pick<BatchHeader, "recorder" | "translationsUntold">;
    probeRuns: readonly ProbeRun[];
    missing: number;
    unaccounted: number;
    missed: readonly { count: number }[];
    sampled: readonly { rank: number; dropRank: number }[];
    wallSteps: boolean;
  },
  closed: boolean,
): string[] {
  const gaps: string[] = [];
  if (isOverlapping(runs)) {
    gaps.push(
      `${runs.length} probes of this name, and some at the same time: one name, two machines?`,
    );
  } else if (runs.length > 1) {
    gaps.push(`its probe was started ${runs.length} times: in between nobody watched`);
  }
  // While an incident is open, the latest run may still go on.
  const silent = runs.filter((run, i) => !run.isEnded && (closed || i < runs.length - 1)).length;
  if (silent > 0 && !isOverlapping(runs)) {
    gaps.push("its probe sent no last batch: what was lost before its end is not known");
  }
  const first = runs.reduce((sum, run) => sum + run.missingFirst, 0);
  if (first > 0) {
    gaps.push(
      `the first ${first} batches have not come: they were lost, or the incident was deleted and ` +
        "made again while its probe ran",
    );
  }
  if (missing > first) gaps.push(`${missing - first} batches have not come`);
  if (unaccounted > 0) gaps.push(`${unaccounted} of the events that it sent have not come`);
  const leftOut = missed.reduce((sum, { count }) => sum + count, 0);
  if (leftOut > 0) {
    gaps.push(
      `the kernel left out ${leftOut} runs of the scripts, because another program of BPF was ` +
        "running: packets may have passed unseen then",
    );
  }
  const rank = sampled.reduce((most, { rank }) => Math.max(most, rank), 0);
  if (recorder) gaps.push(...recorderGaps(recorder, rank));
  else if (rank > 0) {
    const told = rank > NO_ORDINARY
      ? "not even all of those that begin, end or refuse something"
      : `${toldOf(rank)} besides those that begin, end or refuse something`;
    gaps.push(
      "there was more traffic than it may tell: not all packets were told one by one, at the " +
        `busiest ${told}`,
    );
  }
  const dropRank = sampled.reduce((most, { dropRank }) => Math.max(most, dropRank), 0);
  if (dropRank > 0) {
    gaps.push(
      "there were more drops, errors and resets than it may tell: not all were told, at the " +
        `busiest ${toldOf(dropRank)}`,
    );
  }
  if (translationsUntold) {
    gaps.push("it does not read connection tracking: that a packet was translated is not told");
  }
  if (wallSteps) {
    gaps.push("its wall clock was set, or it was started anew: times of day may be wrong");
  }
  return gaps;
}

/** How many ordinary packets are told from a rank on. */
const toldOf = (rank: number): string => rank >= NO_ORDINARY ? "none" : `one in ${2 ** rank}`;

/** [O25] What a recorder leaves out because it is one, and what of the ways of those that died. */
function recorderGaps(
  { overwritten, spared = 0 }: NonNullable<BatchHeader["recorder"]>,
  rank: number,
): string[] {
  const gaps = [
    "it is a recorder: of packets that pass it tells those that begin, end or refuse something and " +
    "the first of each flow, of others the way of those that die",
  ];
  if (rank > NO_ORDINARY) {
    gaps.push("there was more than it may tell: not all that began, ended or refused was told");
  }
  if (overwritten > 0) {
    gaps.push(
      "places of the ways of packets that died were taken before they could be told: " +
        `at least ${atLeast(overwritten)} hops may be missing`,
    );
  }
  if (spared > 0) {
    gaps.push(
      "of busy flows it kept the way of one packet in 16: of at least " +
        `${atLeast(spared)} packets that died it may have none for that`,
    );
  }
  return gaps;
}

/** What an intake is given, and what it counts. */
import type { Counting } from "./count_teller.ts";
import type { Event } from "../../event/event.ts";
import type { Batcher, ProbeBatch } from "../ship/batcher.ts";
import type { NetnsHandle } from "../state/mod.ts";
import type { NodeSpec } from "./nodes.ts";

/** A node while it is traced. */
export interface RunningNode {
  name: string;
  all: boolean;
  shared?: boolean;
  netns: Map<number, NetnsHandle>;
  batcher: Batcher;
}

/** What is traced, and the callbacks that get what comes of it. */
export interface IntakeOptions {
  nodes: readonly NodeSpec[];
  incident: string;
  /** As the command line has it. */
  filter: string;
  kernel: string;
  bpftrace: string;
  /** The kernel's id of this start; undefined where it can't be read. */
  boot?: string | undefined;
  reasonName(number: number): string;
  /** Numbers of the processors that run; absent: those that tell of themselves. */
  online?: (() => readonly number[]) | undefined;
  /** Absent: nothing is counted. */
  counting?: Counting;
  onBatch(batch: ProbeBatch): void;
  /** Batches wait to be taken; see `BatcherOptions`. */
  isBehind?: (() => boolean) | undefined;
  /** A drop, also one that the kernel tells as done with. */
  onDrop(netns: number, event: Event): void;
  /** The first event of a namespace (its inode) came. */
  onActive(netns: number): void;
  /** An event came of a namespace that no node has, or not yet. */
  onUnknownNetns(netns: number): void;
  /** Stretches that ended so long ago are told no more; absent: all are, since the probe began. */
  forgetNs?: bigint | undefined;
}

/** Events that were left out and were not asked for: no loss, so no header counts them. */
export interface IntakeCounts {
  /** Events of no node that is traced, as far as can be told. */
  unplaced: number;
  /** Neighbour events whose namespace could not be told. */
  neighboursUnplaced: number;
  /** Failed routing lookups that were left out because enough equal ones went before. */
  routesSpared: number;
}

/**
 * What a trace of this kernel is to whoever starts one: what it takes, and what can be done with
 * it.
 */
import type { NamedPlace } from "../../event/filter/mod.ts";
import type { LasthopError } from "../../event/error.ts";
import type { Capability } from "../kernel/capability.ts";
import type { ProbeBatch } from "../ship/batcher.ts";
import type { Share } from "../run/share.ts";
import type { NodeSpec } from "./nodes.ts";

/** What to trace, and the callbacks that get what comes of it. */
export interface SessionOptions {
  nodes: readonly NodeSpec[];
  /** As the command line has it; "" for everything. */
  filter: string;
  incident: string;
  onBatch(batch: ProbeBatch): void;
  /** Batches wait to be taken: a node with nothing to tell is silent for longer then. */
  isBehind?: (() => boolean) | undefined;
  onProgress(text: string): void;
  /** What names of the filter mean beside what the nodes themselves tell. */
  places?: readonly NamedPlace[];
  /** Path or name of the binary. */
  bpftrace?: string;
  /** What this machine can do; read where absent. */
  capability?: Capability;
  /** Until the first heartbeat of bpftrace; 60,000 where absent. */
  attachTimeoutMs?: number;
  /** The most that reading the state of one namespace may take; 20,000 where absent. */
  readTimeoutMs?: number;
  /** From SIGINT to SIGKILL of bpftrace; 10,000 where absent. */
  stopGraceMs?: number;
  /** The most that bpftrace, and that reading the state may take; 20 % of one processor and 256 MiB where absent. */
  share?: Share;
  /** Only what dies is told, with its way, and what begins or ends something. */
  recorder?: boolean | undefined;
  /** Scripts that cost each packet something and tell of few are attached, too. */
  deep?: boolean | undefined;
  /**
   * What is told of its coverage of longer ago, in nanoseconds, is of no use to who takes the batches: of
   * days there would be more than has room in a header.
   */
  forgetNs?: bigint | undefined;
  /**
   * What probes of one incident know and nobody who sends does: by it datagrams that look alike are told
   * apart on all of their nodes (C6). Absent: on this machine alone.
   */
  secret?: string | undefined;
}

/** A trace that was begun. */
export interface Session {
  /**
   * Resolves when everything is attached and the state is read; rejects with the LasthopError of
   * `startBpftrace` when nothing can be attached.
   */
  ready: Promise<void>;
  /** Waits for packets in flight, detaches, reads the last state, gives the final batches. */
  stop(): Promise<void>;
  /** Resolves with what ended the trace by itself after it was ready, never otherwise. */
  failure: Promise<LasthopError>;
  /**
   * Reports that so many events of a node were thrown away after batching: later headers count
   * them.
   */
  evicted(node: string, events: number): void;
  /** How long a node with nothing to tell may be silent, ms, as who takes the batches says; 0 at first. */
  pace(quietMs: number): void;
  /** Whether who takes its batches knows states that are told by difference. */
  tellDifferences(taken: boolean): void;
  /** Names of the filter mean these, too, from now on. */
  name(places: readonly NamedPlace[]): void;
  nodes: readonly NodeSpec[];
}

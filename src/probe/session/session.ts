/** What a trace of this kernel is to whoever starts one: what it takes, and what can be done with it. */
import type { LasthopError } from "../../event/error.ts";
import type { Capability } from "../kernel/capability.ts";
import type { ProbeBatch } from "../ship/batcher.ts";
import type { NodeSpec } from "./nodes.ts";

export interface SessionOptions {
  nodes: readonly NodeSpec[];
  filter: string;
  incident: string;
  onBatch(batch: ProbeBatch): void;
  onProgress(text: string): void;
  /** Path or name of the binary. */
  bpftrace?: string;
  capability?: Capability;
  attachTimeoutMs?: number;
  stopGraceMs?: number;
}

export interface Session {
  /** Resolves when everything is attached and the state is read; rejects when it cannot be. */
  ready: Promise<void>;
  /** Waits for packets in flight, detaches, reads the last state, gives the final batches. */
  stop(): Promise<void>;
  /** Resolves with what ended the trace by itself after it was ready, never otherwise. */
  failure: Promise<LasthopError>;
  /** Events of a node's batches were thrown away on their way: later batches tell. */
  evicted(node: string, events: number): void;
  nodes: readonly NodeSpec[];
}

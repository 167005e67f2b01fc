/** What a reader of a cluster's API tells, as batches of a teller that is no node. */
import type { BatchHeader } from "../event/batch.ts";
import type { ClusterState } from "../event/cluster/state.ts";

/** A batch as it goes to an ingest. */
export interface TellerBatch {
  header: BatchHeader;
  lines: string[];
}

/** Lines of one batch at most. */
const LINES_MAX = 100;
/** Characters of one batch, about. */
const CHARS_MAX = 1024 * 1024;

/** Gathers lines into batches. A number of `probe` names one run of one teller. */
export class ClusterTeller {
  #lines: string[] = [];
  #chars = 0;
  #sequence = 0;

  constructor(
    readonly incident: string,
    readonly onBatch: (batch: TellerBatch) => void,
    readonly probe = `cluster-${crypto.randomUUID()}`,
  ) {}

  push(line: ClusterState): void {
    const text = JSON.stringify(line);
    this.#lines.push(text);
    this.#chars += text.length;
    if (this.#lines.length >= LINES_MAX || this.#chars >= CHARS_MAX) this.flush();
  }

  /** Gives what was gathered. */
  flush(wallMs = Date.now()): void {
    if (this.#lines.length === 0) return;
    const lines = this.#lines;
    this.#lines = [];
    this.#chars = 0;
    this.onBatch({ header: this.#header(wallMs), lines });
  }

  #header(wallMs: number): BatchHeader {
    return {
      kind: "batch",
      version: 1,
      incident: this.incident,
      node: "the cluster's API",
      probe: this.probe,
      sequence: this.#sequence++,
      kernel: "",
      bpftrace: "",
      netns: [],
      allNetns: false,
      filter: "",
      scripts: [],
      attachedNs: "0",
      untilNs: "0",
      totals: { events: 0, lost: 0, refused: 0, evicted: 0 },
      clock: { monotonicNs: "0", wallMs },
      teller: "cluster",
      final: false,
    };
  }
}

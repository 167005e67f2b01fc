/**
 * Batches on their way from a body to the store. Many go in one commit: where a store is far away, or
 * a disk syncs, a commit costs the same for one batch and for a hundred.
 */
import { noIncident } from "../access/named_incident.ts";
import type { Deps } from "../deps.ts";
import type { Metrics } from "../http/metrics.ts";
import { Problem } from "../http/problem.ts";
import { charsOf } from "../stores/segment.ts";
import type { Appended } from "../stores/store.ts";
import type { Load } from "./admission.ts";
import type { WholeBatch } from "./batches.ts";
import type { EntryPort } from "./entry.ts";

/** What became of batches. */
export interface Tally {
  /** Batches that were new. */
  accepted: number;
  /** Batches that were known already. */
  duplicates: number;
  /** Events in the accepted batches. */
  events: number;
  /** States in the accepted batches. */
  states: number;
}

/** Where batches are stored. */
export interface Destination {
  deps: Pick<Deps, "store" | "clock" | "hub">;
  metrics: Metrics;
  incident: string;
  /** Told what each batch weighed; null: nobody counts, because nothing holds an import back. */
  charge: EntryPort["charge"] | null;
}

interface Gathered {
  batch: WholeBatch;
  tally: Tally;
}

/** Characters and batches of one commit: with one of either it goes. */
const COMMIT_CHARS = 1024 * 1024;
const COMMIT_BATCHES = 256;

/** Gathers batches for one incident and stores them together. */
export class Gatherer {
  #waiting: Gathered[] = [];
  #chars = 0;

  constructor(
    readonly destination: Destination,
    /** Told of each batch that the store did not take, and why. */
    readonly onRefused: (tally: Tally, why: Problem) => void,
  ) {}

  /** Stores what is gathered when it is enough. Rejects as the store's `appendAll`. */
  async add(batch: WholeBatch, tally: Tally): Promise<void> {
    this.#waiting.push({ batch, tally });
    this.#chars += loadOf(batch).bytes;
    if (this.#chars >= COMMIT_CHARS || this.#waiting.length >= COMMIT_BATCHES) await this.flush();
  }

  get isHolding(): boolean {
    return this.#waiting.length > 0;
  }

  /** Stores what is gathered. Rejects as the store's `appendAll`. */
  async flush(): Promise<void> {
    const gathered = this.#waiting;
    if (gathered.length === 0) return;
    this.#waiting = [];
    this.#chars = 0;
    const { deps, incident } = this.destination;
    const batches = gathered.map(({ batch }) => {
      const { header, segments, refused, evicted } = batch;
      return { header, segments, refused, evicted };
    });
    const answers = await deps.store.appendAll(incident, batches, deps.clock.wallMs());
    gathered.forEach((one, i) => this.#take(one, answers[i]!));
  }

  #take({ batch, tally }: Gathered, result: Appended): void {
    const { deps, metrics, incident, charge } = this.destination;
    charge?.(incident, batch.header.probe, loadOf(batch));
    if (result.status === "stored") {
      tally.accepted += 1;
      tally.events += batch.events;
      tally.states += batch.states;
      metrics.add("batches");
      metrics.add("events", batch.events);
      metrics.add("states", batch.states);
      metrics.add("evicted", result.evicted.length);
      deps.hub.stored(incident, result.row, batch, result.evicted);
    } else if (result.status === "duplicate") {
      tally.duplicates += 1;
      metrics.add("duplicates");
    } else {
      this.onRefused(tally, whyRefused(result.status, incident));
    }
  }
}

/** What a batch weighs, whether or not it was known already: reading it cost the same. */
function loadOf({ events, segments }: WholeBatch): Load {
  return { events, bytes: segments.reduce((sum, segment) => sum + charsOf(segment), 0) };
}

type Refusal = Exclude<Appended["status"], "stored" | "duplicate">;

function whyRefused(status: Refusal, incident: string): Problem {
  switch (status) {
    case "missing":
      return noIncident(incident);
    case "closed":
      return new Problem(
        409,
        "incident_closed",
        `Cannot accept batch: incident "${incident}" is closed, must be open`,
      );
    case "full":
      return new Problem(
        409,
        "incident_full",
        `Cannot accept batch: incident "${incident}" is full of batch headers, ` +
          `must be closed and a new one created`,
      );
    case "account-full":
      return new Problem(
        507,
        "account_full",
        "Cannot store batch: all incidents together are as large as allowed, one must be deleted",
        { headers: { "retry-after": "30" } },
      );
  }
}

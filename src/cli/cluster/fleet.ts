/** What `lasthop cluster` asks of machines it works on, be they reached by ssh or nodes of Kubernetes. */
import type { IngestClient } from "../../ingest/mod.ts";

/** A machine on which a probe can be started. */
export interface Place {
  /** The name that its node has in the report, and that people are told. One of its kind. */
  name: string;
}

/** What a probe at a place is told. */
export interface ProbeOrder {
  incident: string;
  /** Of this probe alone, good for writing to this incident. */
  token: string;
  /** Further words of `lasthop probe`: its bounds and its filter. */
  words: readonly string[];
}

/** How a probe ended. */
export interface ProbeEnd {
  /** It ended as it was told to. */
  isWell: boolean;
  /** The last of what it said, and why it ended; a line or two. */
  said: string;
}

/** A probe that was started at a place. */
export interface ProbeThere {
  place: Place;
  /** Resolves when nothing of it is left there, as far as can be known from here. */
  ended: Promise<ProbeEnd>;
  /** Asks it to send what it has and to end. */
  end(): void;
}

/** The machines of one trace, and the ingest that all of them reach. */
export interface Fleet {
  /** The ingest. Started, or found, when the fleet was opened. */
  client: IngestClient;
  /** The page of an incident; null where there is none. */
  page(incident: string): string | null;
  /** Where a probe can be started. Throws LasthopError when nobody can say. */
  places(): Promise<Place[]>;
  /** Starts a probe. What keeps it from starting is told by its end. */
  start(place: Place, order: ProbeOrder): ProbeThere;
  /** Ends what is still there and removes what was made. Resolves with what could not be removed. */
  close(): Promise<string[]>;
}

/** What went between two nodes, by the way it took. */
import type { Sighting } from "../view/timeline.ts";

/** A packet that crossed between two nodes, or was sent to and did not arrive. */
export interface Crossing {
  /** Bytes of its IP packet, the innermost; of one that is cut on the way, of one segment. */
  bytes: number;
  /** Its last sighting at the sender. */
  sent: Sighting;
}

/** What went one way between two nodes. */
export interface Way {
  /** The largest that arrived. */
  passed?: Crossing;
  /** All that were proven not to arrive. */
  lost: Crossing[];
}

/** What went between the nodes of an incident. */
export interface Crossings {
  /** By `wayKey`. */
  way(key: string): Way;
  /** Whether packets of the tunnel `A>B` from A were received by another node than the sender. */
  hasTunnel(ends: string): boolean;
}

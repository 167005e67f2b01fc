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

/** Ways by `wayKey`, and the tunnel ends whose packets arrived somewhere. */
export interface Crossings {
  ways: ReadonlyMap<string, Way>;
  /** `A>B` for every tunnel whose packets from A were received by another node than the sender. */
  tunnels: ReadonlySet<string>;
}

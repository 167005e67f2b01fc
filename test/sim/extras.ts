/** What a network does beyond carrying packets; drawn apart, so that older seeds stay as they were. */
import { Random } from "./random.ts";

export interface Extras {
  /** Routers and hosts answer what they drop with ICMP errors and resets. */
  errors: boolean;
  /** Failed lookups and neighbours are told by events of their own. */
  lookups: boolean;
  /** Datagrams larger than the MTU are sent in fragments. */
  fragments: boolean;
  /** Receivers put segments together (GRO), and cut ones only in part. */
  merges: boolean;
}

export const NO_EXTRAS: Extras = {
  errors: false,
  lookups: false,
  fragments: false,
  merges: false,
};

export function extrasOf(seed: number): Extras {
  const random = new Random(seed ^ 0xe47a5);
  return {
    errors: random.chance(0.4),
    lookups: random.chance(0.4),
    fragments: random.chance(0.3),
    merges: random.chance(0.4),
  };
}

/** The extras as a person reads them. */
export const nameExtras = (extras: Extras) =>
  Object.entries(extras).filter(([_, on]) => on).map(([name]) => name);

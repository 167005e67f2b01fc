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
  /** IP ids of some datagrams come again. */
  wraps: boolean;
  /** A wire loses what is larger than some size. */
  sizes: boolean;
  /** A queue before a device holds packets for up to a third of a second. */
  delays: boolean;
  /** A host that translates forgets to translate answers back. */
  forgets: boolean;
  /** A neighbour entry leads to another host of the wire, as after an address has moved. */
  moved: boolean;
  /** A queue before a device has a rate, holds what is beyond it, and drops what has no room. */
  shapes: boolean;
  /** Two hosts of a wire hold one address: frames for it reach the one or the other. */
  duplicates: boolean;
  /** Nodes tell digests of datagrams without an id: by one secret, or some by their own. */
  digests: "none" | "one" | "own";
}

export const NO_EXTRAS: Extras = {
  errors: false,
  lookups: false,
  fragments: false,
  merges: false,
  wraps: false,
  sizes: false,
  delays: false,
  forgets: false,
  moved: false,
  shapes: false,
  duplicates: false,
  digests: "none",
};

/** Those that networks had before these: seeds that failed then are tried with them alone. */
export const earlyExtrasOf = (seed: number): Extras => ({ ...NO_EXTRAS, ...drawEarly(seed) });

/** Those that networks had before shapers and addresses that two hosts hold. */
export function lateExtrasOf(seed: number): Extras {
  const random = new Random(seed ^ 0x3c0de);
  return {
    ...earlyExtrasOf(seed),
    wraps: random.chance(0.3),
    sizes: random.chance(0.1),
    delays: random.chance(0.2),
    forgets: random.chance(0.1),
    moved: random.chance(0.15),
  };
}

/** All that the network of this seed does. */
export function extrasOf(seed: number): Extras {
  const random = new Random(seed ^ 0xd0b1e);
  return {
    ...lateExtrasOf(seed),
    shapes: random.chance(0.15),
    duplicates: random.chance(0.15),
    digests: new Random(seed ^ 0x2d16e).pick(["none", "one", "one", "own"]),
  };
}

function drawEarly(seed: number): Partial<Extras> {
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
  Object.entries(extras).filter(([_, on]) => on && on !== "none").map(([name]) => name);

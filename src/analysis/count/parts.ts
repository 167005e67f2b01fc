/** What is compared of two places, and what comes of it: packets of one epoch at a time. Rule O24. */
import type { Place } from "./places.ts";
import type { CountedThere, Short } from "./readings.ts";
import type { ToldAtBoth } from "./told.ts";
import type { Sighting } from "../view/timeline.ts";

/** A place with what was counted there. */
export interface CountedPlace {
  place: Place;
  there: CountedThere;
}

/** What is known of packets of the flow that were told one by one. */
export interface Told {
  /** When the flow was seen first on the node of the first place, an `at`. */
  a: number;
  /** When it was on the node of the second place, an `at` of that node. */
  b: number;
  /** Those that were told at both. */
  both(): readonly ToldAtBoth[];
  /** Some have a digest: only a probe that sums up as many bits of each packet tells that. */
  haveDigests(): boolean;
  /** Drops of those that died between the two. */
  died(): readonly Sighting[];
  /** After which readings nothing of an epoch was under way on the whole way. */
  evenAfter(epoch: number): ReadonlySet<number>;
}

/** As many packets were counted of one that was told: those that it is put together of. */
export const segmentsOf = ({ gsoSegments }: Sighting): number => Math.max(1, gsoSegments ?? 1);

/** Packets of one epoch that passed both places, and those of them that were lost. */
export interface Part {
  /** Which epoch they are of, `src/event/epoch.ts`. */
  epoch: number;
  /** Packets at the first place. */
  packets: number;
  /** Packets that the second place did not have, or did not count. */
  lost: number;
  /** Bytes of the payload of both; null: nobody counted them. */
  bytes: { packets: number; lost: number } | null;
  /** More may be lost: some may have been on their way before. */
  isLeast: boolean;
  /** The first was counted after this, an `at` of the first node. */
  since: number;
  /** The last was counted before this, an `at` of the first node. */
  until: number;
  /** None of them was lost before this, an `at` of the first node. */
  from: number;
  /** None of them was lost after this, an `at` of the first node. */
  to: number;
  /** Packets that may have passed uncounted meanwhile; undefined: none. */
  short?: Shortage | undefined;
}

/** Stretches in which the kernel left out runs of the scripts that count at the one place and the other. */
export interface Shortage {
  a: readonly Short[];
  b: readonly Short[];
  /** They are few enough for what is missing besides them to be lost. */
  isEnough: boolean;
}

/** All parts, and what they leave out. */
export interface Parts {
  parts: Part[];
  /** Of some packets it is not known whether they were lost. */
  isCut: boolean;
  /** Some may be under way. */
  goesOn: boolean;
  /** From when on nothing is known of an epoch, an `at` of the first node: what passed may be under way. */
  openFrom: ReadonlyMap<number, number>;
}

/** Payload of packets of one epoch at one place and at the next, in readings of each. */
export function bytesOf(
  epoch: number,
  came: { there: CountedThere; readings: readonly { number: number }[] },
  left: { there: CountedThere; readings: readonly { number: number }[] },
): Part["bytes"] {
  if (came.there.bytes === null || left.there.bytes === null) return null;
  const [packets, arrived] = [came, left].map(({ there, readings }) => {
    const series = there.bytes!.get(epoch);
    return readings.reduce((sum, { number }) => sum + (series?.get(number) ?? 0), 0);
  }) as [number, number];
  return { packets, lost: packets - arrived };
}

/** Numbers of the readings before those that have packets of them, too. */
export const lateIn = ({ waited }: CountedThere): number[] =>
  [...waited].flatMap(([number, readings]) =>
    Array.from({ length: readings }, (_, i) => number - 1 - i)
  );

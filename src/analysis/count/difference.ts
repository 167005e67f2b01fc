/** [O24] What was lost between each two places of a way, by all that is known between them. */
import { isOneClock, isWatchedUntil } from "../view/coverage.ts";
import type { Comparison } from "./between.ts";
import type { Part, Parts } from "./parts.ts";
import { ofSamePackets } from "./same_packets.ts";
import { isMore, leastOf, mostOf } from "./shortage.ts";

/** What went in at one place and did not come out at the next. */
export interface Difference {
  /** Packets that were counted at the first place. */
  packets: number;
  /** Packets that were counted at the second place. */
  arrived: number;
  /** Those that the second did not have; with `isLeast` there may be more. */
  lost: number;
  isLeast: boolean;
  /** No more than these were lost, where packets may have passed uncounted; undefined: `lost` is all. */
  lostAtMost?: number | undefined;
  /** Bytes of the payload of packets at the first place; undefined: nobody counted them. */
  bytes?: number | undefined;
  /** Bytes of those that were lost; undefined, too, where they do not go with what was lost. */
  lostBytes?: number | undefined;
  /** The time in which all of them were lost: an `at` of the first node, ns … */
  from: number;
  /** … and another one. */
  to: number;
  /** Up to when counts say something, an `at`. */
  until: number;
  /** What was counted before this, an `at`, is not known. */
  since: number;
  /** What is left out, because the flow was on its way before; undefined: nothing. */
  leftOut: LeftOut | undefined;
  /** Packets that came later are not in it: some may be under way. */
  goesOn: boolean;
  /** Packets that came to the second place, by epoch: after when, an `at` of the first node. */
  came: { at: number; packets: number }[];
}

/** Of packets that passed until nothing of their epoch was under way it is not said what became of them. */
interface LeftOut {
  /** So many of them passed the first place. */
  packets: number;
  /** Until then, by epoch, `at`s of the first node. */
  until: ReadonlyMap<number, number>;
  /** And from then on those that may be under way. */
  openFrom: ReadonlyMap<number, number>;
}

/** What was lost between places that follow each other, or why that can't be said. */
export function differencesOf(all: readonly Comparison[]): Difference[] | string {
  const [first] = all;
  const areTogether = all.every(({ isTogether, a }) =>
    isTogether && isOneClock(first!.a.place.node, a.place.node)
  );
  const known = areTogether
    ? ofSamePackets(all.map((one) => ({
      ...one,
      aheadNs: Number(first!.a.place.node.baseNs - one.a.place.node.baseNs),
    })))
    : all;
  const isPartial = areTogether && known.every(isMostlyBegun) &&
    known.some((one) => begunOf(one).length < one.parts.length);
  if (isPartial) {
    const begun = allOf(known.map((one) => ({ ...one, parts: begunOf(one) })));
    if (typeof begun !== "string" && areOfSame(begun)) {
      return begun.map((one, i) => ({ ...one, leftOut: leftOutOf(known[i]!) }));
    }
  }
  return allOf(known);
}

function allOf(all: readonly Comparison[]): Difference[] | string {
  const found: Difference[] = [];
  for (const one of all) {
    const difference = differenceOf(one);
    if (typeof difference === "string") return difference;
    found.push({ ...difference, leftOut: undefined });
  }
  return found;
}

function leftOutOf(of: Parts): LeftOut {
  const begun = begunOf(of);
  const until = new Map<number, number>();
  for (const { epoch, since } of begun) {
    until.set(epoch, Math.min(since, until.get(epoch) ?? Infinity));
  }
  return { packets: packetsOf(of.parts) - packetsOf(begun), until, openFrom: of.openFrom };
}

const packetsOf = (parts: readonly Part[]): number =>
  parts.reduce((all, { packets }) => all + packets, 0);

/** What came to a place is what went on from there. */
const areOfSame = (all: readonly Difference[]): boolean =>
  all.every(({ packets }, i) => i === 0 || packets === all[i - 1]!.arrived);

/** Of so many of its packets it is known that none of them was on its way before. */
const BEGUN_PART = 3 / 4;

const begunOf = ({ parts }: Parts): Part[] => parts.filter(({ isLeast }) => !isLeast);

/**
 * Some was on its way before, which is little of all, and no place has lost any of that alone: left out,
 * it leaves packets of each of which it is known what became of it.
 */
function isMostlyBegun(of: Parts): boolean {
  const begun = begunOf(of);
  const isLosing = begun.some((part) => leastOf(part) > 0);
  return begun.length > 0 && packetsOf(begun) >= packetsOf(of.parts) * BEGUN_PART &&
    of.parts.every((part) => !part.isLeast || isLosing || leastOf(part) <= 0);
}

function differenceOf(of: Comparison): Omit<Difference, "leftOut"> | string {
  const { a, b, isTogether } = of;
  const found = summed(of);
  if (typeof found === "string" || !isTogether) return found;
  for (const { node } of [a.place, b.place]) {
    const at = found.until + Number(a.place.node.baseNs - node.baseNs);
    if (!isWatchedUntil(node, at, at)) return `${node.name} has not told all of that time`;
  }
  return found;
}

function summed({ parts, isCut, goesOn }: Parts): Omit<Difference, "leftOut"> | string {
  if (parts.length === 0) {
    return isCut ? "readings of its counters are missing" : "its packets may be under way still";
  }
  // More came out than went in: not all came that way. Where some were on their way before it may be.
  const more = parts.find((part) => isMore(part) && !part.isLeast);
  const known = more ? [more] : parts.filter((part) => !isMore(part));
  if (known.length === 0) return "some of it was on its way when counting began";
  const losing = known.filter((part) => leastOf(part) !== 0);
  const sum = (of: (part: Part) => number) => known.reduce((all, part) => all + of(part), 0);
  const least = (of: (part: Part) => number, among: readonly Part[]) =>
    among.reduce((all, part) => Math.min(all, of(part)), Infinity);
  const most = (of: (part: Part) => number, among: readonly Part[]) =>
    among.reduce((all, part) => Math.max(all, of(part)), -Infinity);
  const [since, until] = [least((part) => part.since, known), most((part) => part.until, known)];
  return {
    packets: sum(({ packets }) => packets),
    arrived: sum(({ packets, lost }) => packets - lost),
    lost: sum(leastOf),
    ...(known.some(({ short }) => short) ? { lostAtMost: mostOf(known) } : {}),
    ...bytesOfAll(known),
    isLeast: isCut || known.length < parts.length || known.some(({ isLeast }) => isLeast),
    from: losing.length > 0 ? least(({ from }) => from, losing) : since,
    to: losing.length > 0 ? most(({ to }) => to, losing) : until,
    ...{ since, until, goesOn },
    came: known.map(({ since, packets, lost }) => ({ at: since, packets: packets - lost })),
  };
}

/**
 * Payload is the same at every place, so none was lost where no packet was. Where that is not so, somebody
 * between changes what is in packets, or some were on their way before.
 */
function bytesOfAll(parts: readonly Part[]): Pick<Difference, "bytes" | "lostBytes"> {
  let [all, gone, goTogether] = [0, 0, true];
  for (const { bytes, lost, isLeast, short } of parts) {
    if (bytes === null) return {};
    all += bytes.packets;
    gone += bytes.lost;
    goTogether &&= !isLeast && !short && bytes.lost >= 0 && (lost > 0 || bytes.lost === 0);
  }
  return goTogether ? { bytes: all, lostBytes: gone } : { bytes: all };
}

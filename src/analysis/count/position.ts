/**
 * [O42] Where the numbers of a flow were at a border between readings: so of which epochs nothing was
 * under way, though the flow had begun before anybody counted, never pauses and loses packets all along.
 *
 * IP ids, and sequence numbers of echoes, grow by one with each packet and come round after 65,536. Told
 * packets say where they were: the last place had received one number before the border, the first place
 * had not yet sent another one. What lies far behind the one and ahead of the other had passed, all of
 * it, or is lost.
 *
 * What else may look so, and why it is not taken for it:
 * - Numbers that do not grow: told packets that follow each other must say by how much they do.
 * - A lap more than told packets show: they are so near to each other that no lap fits between.
 * - Packets that wait while others overtake them by thousands, in another queue or a delay that varies:
 *   they come later, where fewer are missing than before. Where that is so of any epoch, and for as long
 *   as packets may wait after the border, nothing is said (`in_time.ts`).
 * - So many under way that all numbers are: where a queue of the way may hold as many, nothing is said.
 */
import { EPOCH_NUMBERS, numberOf } from "../../event/epoch.ts";
import type { FlowGroup } from "../verdict/flows.ts";
import { firstAfter } from "../view/indexed.ts";
import { linkOf, stateAt } from "../view/state_view.ts";
import type { Place } from "./places.ts";
import type { Step } from "./runs.ts";
import { isAt } from "./told.ts";

/** A packet that was told at a place. */
export interface Numbered {
  /** When it passed there, an `at`. */
  at: number;
  /** Its IP id, or the sequence number of an echo. */
  number: number;
}

/** They come round after so many. */
const NUMBERS = 65_536;
const EPOCHS = NUMBERS / EPOCH_NUMBERS;
/** So many later ones have come to the last place: more than the queues of a kernel hold. */
const BEHIND = NUMBERS / 4;
/** So many are to be sent before an epoch comes again. */
const AHEAD = 2 * EPOCH_NUMBERS;
/** Several processors that send may hand over their packets in another order. */
const DISORDER = 256;
/** Told packets may be so far apart in time, ns, and at the most in numbers that are expected. */
const APART_NS = 0.2e9;
/** A flow may be so much faster than it was in all of a reading. */
const FASTER = 4;
/** Of so many steps from told packet to told packet such a part must be as the counts say. */
const STEPS_MIN = 16;
const STEPS_PART = 0.95;

/** Epochs of which nothing was under way at the end of a step, by its position; none where nobody knows. */
export type SettledAt = (position: number) => ReadonlySet<number>;

const NONE: ReadonlySet<number> = new Set();

/** Of a way by its places; `steps` and all times are by the clock of the first one's node. */
export function settledBy(
  group: FlowGroup,
  places: readonly Place[],
  steps: readonly Step[],
): SettledAt {
  const [first, last] = [places[0]!, places.at(-1)!];
  if (queuedAlong(places) > BEHIND) return () => NONE;
  const ahead = Number(last.node.baseNs - first.node.baseNs);
  return settledByNumbers(numberedAt(group, first, 0), numberedAt(group, last, ahead), steps);
}

/** Of packets that were told at the first place and at the last one. */
export function settledByNumbers(
  sent: readonly Numbered[],
  came: readonly Numbered[],
  steps: readonly Step[],
): SettledAt {
  const rateAt = ratesOf(steps);
  if (!grow(sent, rateAt) || !grow(came, rateAt)) return () => NONE;
  return (position) => {
    const { at } = steps[position]!;
    const after = sent[firstAfter(sent, at)];
    const before = came[firstAfter(came, at) - 1];
    if (after === undefined || before === undefined) return NONE;
    const expected = (after.at - before.at) * rateAt(at) * FASTER;
    const between = forward(after.number - before.number);
    if (after.at - before.at > APART_NS || expected > NUMBERS / 2 || between > NUMBERS / 4) {
      return NONE;
    }
    return farFrom(before.number - DISORDER, after.number + DISORDER);
  };
}

/** So many packets the queues of all devices that send them may hold, by their limits. */
function queuedAlong(places: readonly Place[]): number {
  return places.filter(({ stage }) => stage === "device-tx").reduce((sum, place) => {
    const { node, netns, ifindex, seen } = place;
    const state = stateAt(node, netns, seen.at);
    const device = linkOf(state, ifindex, seen.device)?.name;
    const limits = (state?.qdiscs ?? []).filter((queue) => queue.device === device)
      .map(({ text }) => Number(/\blimit (\d+)p\b/.exec(text)?.[1] ?? 0));
    return sum + Math.max(0, ...limits);
  }, 0);
}

/** The epochs that lie far behind one number and far before another. */
function farFrom(before: number, after: number): ReadonlySet<number> {
  const epochs = new Set<number>();
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    const behind = forward(before - (epoch + 1) * EPOCH_NUMBERS);
    const ahead = forward(epoch * EPOCH_NUMBERS - after);
    if (behind >= BEHIND && ahead >= AHEAD && behind + ahead < NUMBERS) epochs.add(epoch);
  }
  return epochs;
}

/** How far a number is ahead of another, by their difference. */
const forward = (difference: number): number => ((difference % NUMBERS) + NUMBERS) % NUMBERS;

function numberedAt({ packets }: FlowGroup, place: Place, aheadNs: number): Numbered[] {
  const all: Numbered[] = [];
  for (const { steps } of packets) {
    for (const { event } of steps) {
      const number = isAt(event, place) ? numberOf(event) : undefined;
      if (number !== undefined) all.push({ at: event.at + aheadNs, number });
    }
  }
  return all.sort((a, b) => a.at - b.at);
}

/** Packets a ns at a moment: as many as in the busiest of the reading that it is in and those beside it. */
function ratesOf(steps: readonly Step[]): (at: number) => number {
  const rates = steps.map(({ from, at, passed }) => at > from ? passed / (at - from) : 0);
  return (at) => {
    const i = Math.min(firstAfter(steps, at), steps.length - 1);
    return Math.max(rates[i - 1] ?? 0, rates[i] ?? 0, rates[i + 1] ?? 0);
  };
}

/** Told packets that follow each other are as far apart in their numbers as in what was counted. */
function grow(told: readonly Numbered[], rateAt: (at: number) => number): boolean {
  let [all, good] = [0, 0];
  for (let i = 1; i < told.length; i++) {
    const [a, b] = [told[i - 1]!, told[i]!];
    const expected = (b.at - a.at) * rateAt(b.at) * FASTER;
    if (expected > NUMBERS / 8) continue;
    all += 1;
    if (forward(b.number - a.number + DISORDER) <= expected + 2 * DISORDER) good += 1;
  }
  return all >= STEPS_MIN && good >= all * STEPS_PART;
}

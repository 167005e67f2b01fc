/**
 * [O31] What became of all packets of a flow, where its counts prove it: as many as were counted at its
 * first place, those that came to its last one, and what was lost between.
 *
 * What would make a figure wrong, and why none is told then:
 * - Some of it was counted off its way, before or behind the places that are compared, or not at all.
 * - Drops that nobody told: a loss between two places might be one, and what arrived may have died.
 * - A drop that can't be laid to one pair of places, or to the end behind the last.
 * - Packets that go on from the last place: it must be at their destination.
 */
import { epochOf } from "../../event/epoch.ts";
import type { PacketCounts } from "../../event/report.ts";
import { DROP_SCRIPTS, EVER, gapOf, isOneClock, isSilentUntil } from "../view/coverage.ts";
import { dropsUntold } from "../view/drops_untold.ts";
import type { NodeView, Sighting } from "../view/timeline.ts";
import type { FlowGroup } from "../verdict/flows.ts";
import type { Judgement } from "../verdict/judgement.ts";
import type { Difference } from "./difference.ts";
import { type Dead, diedBetween, diedIn, isBehind, isDeathBetween } from "./deaths.ts";
import { type CountedPlace, segmentsOf } from "./parts.ts";
import { endPlaceOf, keyOf, type Place } from "./places.ts";
import { readingsOf, type Series } from "./readings.ts";
import { QUIET_NS } from "./runs.ts";
import { areSingle } from "./shortage.ts";

/** Two places that follow each other, and what was lost between them. */
export interface Pair {
  a: Place;
  b: Place;
  /** The second one, and those after it. */
  behind: readonly Place[];
  found: Difference;
}

/** What was told one by one, what was compared, and whether more may come. */
export interface Known {
  group: FlowGroup;
  traced: PacketCounts;
  /** Places on its way, also those whose counts say nothing. */
  way: readonly Place[];
  places: readonly CountedPlace[];
  pairs: readonly Pair[];
  dead: Dead;
  isClosed: () => boolean;
}

/** What became of all packets of a flow. */
export interface Figures {
  counts: PacketCounts;
  /** All came, and none died or may have. */
  isDelivered: boolean;
}

/** The figures, or undefined where counts don't prove them. */
export function figuresOf(known: Known): Figures | undefined {
  const { group, traced, way, places, pairs, isClosed } = known;
  const [first, last, before] = [places[0], places.at(-1), pairs.at(-1)?.a];
  if (first?.place !== way[0] || last?.place !== way.at(-1)) return undefined;
  if (first === undefined || last === undefined || before === undefined) return undefined;
  // Of some that were told only their number is known here.
  if (traced.seen !== group.packets.length) return undefined;
  if (pairs.some(({ found }) => found.isLeast)) return undefined;
  if (!group.packets.some((judgement) => endsAt(judgement, last.place))) return undefined;
  const goesOn = pairs.some(({ found }) => found.goesOn);
  if (isCountedNoMore(group, first)) return undefined;
  const ended = endsOf(way, places, goesOn);
  const deaths = ended && deathsOf(known, ended.ends);
  if (!deaths) return undefined;
  // [O33] So many of those that are said to be delivered or to have vanished may have been dropped.
  const untold = ended.untold === 0 || areSingle(places, ended.untold) ? ended.untold : Infinity;
  const lost = pairs.map(({ found }, i) => Math.max(found.lost, deaths.between[i]!));
  const [counted, arrived] = passedBy(known);
  // [O32] What passed the first place uncounted may have come to the last, and the other way round.
  const isShort = pairs.some(({ found }) => found.lostAtMost !== undefined);
  const seen = isShort ? Math.max(counted, arrived + sum(lost)) : counted;
  const rest = seen - arrived - sum(lost);
  if (rest < 0 || (rest > 0 && !goesOn && !isShort)) return undefined;
  const young = rest + deaths.young;
  const isOpen = young > 0 && !isClosed();
  const [came, gone] = [arrived - deaths.atEnd - deaths.young, sum(lost) - sum(deaths.between)];
  if (untold > came) return undefined;
  // Of packets that look alike a drop may have been told of one, and joined to another (C6).
  const notVanished = (untold === 0 ? 0 : droppedAtMost(way, pairs)) + deaths.unplaced;
  const doubted = Math.min(notVanished, gone);
  const doubtful = untold + doubted;
  const figures: PacketCounts = {
    seen: seen + deaths.before,
    delivered: came - untold,
    dropped: sum(deaths.between) + deaths.atEnd + deaths.before,
    vanished: gone - doubted,
    unknown: doubtful + (isOpen ? 0 : young),
    inFlight: isOpen ? young : 0,
  };
  // What died after the last reading was told, and is not counted yet.
  const agrees = (["seen", "delivered", "vanished"] as const).every((one) =>
    figures[one] >= traced[one]
  );
  if (!agrees || figures.delivered < 0) return undefined;
  const isDelivered = seen > 0 && figures.delivered === seen && traced.dropped === 0 && !isShort;
  return { counts: figures, isDelivered };
}

/** [O33] So many of those that are missing between places may have been dropped untold while they were lost. */
function droppedAtMost(way: readonly Place[], pairs: readonly Pair[]): number {
  const nodes = new Set(way.map(({ node }) => node));
  return sum(
    pairs.filter(({ found }) => found.lost > 0).map(({ a, found }) =>
      onceForEachKernel([...nodes].map((node) => {
        // By another clock nobody knows when it was.
        const ahead = isOneClock(a.node, node) ? Number(a.node.baseNs - node.baseNs) : NaN;
        const [from, to] = Number.isNaN(ahead)
          ? [-Infinity, Infinity]
          : [found.from + ahead, found.to + ahead + QUIET_NS + SOON_NS];
        return [node, dropsUntold(node, from, to) ?? Infinity];
      }))
    ),
  );
}

/** Nodes of one kernel tell of the same runs and events. */
function onceForEachKernel(counts: readonly (readonly [NodeView, number])[]): number {
  const most = new Map<string, number>();
  for (const [{ header: { boot }, name }, count] of counts) {
    const kernel = boot ?? ` ${name}`;
    most.set(kernel, Math.max(count, most.get(kernel) ?? 0));
  }
  return sum(most.values());
}

const sum = (numbers: Iterable<number>) => [...numbers].reduce((all, one) => all + one, 0);

/** Readings are a second apart, and may be told a little later than what passed after them. */
const NO_READING_NS = 3.5e9;

/** [O31] The flow went on when nobody counted it any more: its figures would be those of a part of it. */
function isCountedNoMore({ packets }: FlowGroup, { place, there }: CountedPlace): boolean {
  const { node, stage } = place;
  const last = [...there.all.keys()].reduce((a, b) => Math.max(a, b));
  const end = readingsOf(node, stage, last, last).at(-1)?.at ?? -Infinity;
  return packets.some(({ packet: { chains } }) =>
    chains.some((chain) => chain.node === node && chain.events[0]!.at > end + NO_READING_NS)
  );
}

function endsAt(judgement: Judgement, last: Place): boolean {
  const end = endPlaceOf(judgement);
  return end !== undefined && keyOf(end) === keyOf(last);
}

/** Packets at the first place and at the last one. */
function passedBy({ places, pairs }: Known): [number, number] {
  const [first, last] = [pairs[0]!.found, pairs.at(-1)!.found];
  const [counted, arrived] = [places[0]!, places.at(-1)!].map(({ there }) =>
    sum(there.all.values())
  );
  return first.leftOut === undefined
    ? [counted!, arrived!]
    : [counted! - first.leftOut.packets, last.arrived];
}

/**
 * Packets that were told to be dropped, by where; undefined where one can't be laid to one place. `young`
 * are those that died at the end right after the last reading: it may have counted them before they did.
 * `before`: of a flow that was on its way before, those that are of none of the packets that were compared.
 */
function deathsOf({ dead, places, pairs }: Known, ends: ReadonlyMap<NodeView, number>) {
  const [last, before] = [places.at(-1)!.place, pairs.at(-1)!.a];
  const between = pairs.map(() => 0);
  let [atEnd, young, early, unplaced] = [0, 0, 0, 0];
  for (const event of dead.ofOthers) {
    const end = ends.get(event.node);
    if (end === undefined || isBehind(event, before, [last])) return undefined;
    const [since, until] = comparedAt(pairs[0]!, event, end);
    const at = pairs.findIndex((pair) => isDeathBetween(event, pair.a, pair.behind));
    if (at < 0 || event.at <= since) unplaced += segmentsOf(event);
    else if (event.at <= until) between[at]! += segmentsOf(event);
  }
  for (const judgement of dead.dropped) {
    const { event } = judgement.end.step;
    const end = ends.get(event.node);
    if (end === undefined) return undefined;
    const at = pairs.flatMap((pair, i) => diedBetween(judgement, pair.a, pair.behind) ? [i] : []);
    const isAtEnd = diedIn(judgement, before, last);
    const segments = segmentsOf(event);
    const [since, until] = comparedAt(pairs[0]!, event, end);
    if (event.at <= since) {
      early += segments;
      continue;
    }
    if (at.length + (isAtEnd ? 1 : 0) !== 1) return undefined;
    if (event.at > until) young += isAtEnd && event.at <= until + SOON_NS ? segments : 0;
    else if (isAtEnd) atEnd += segments;
    else between[at[0]!]! += segments;
  }
  return { between, atEnd, young, before: early, unplaced };
}

/** From when on packets of its epoch were compared, and up to when, `at`s of its node. */
function comparedAt({ a, found: { leftOut, since } }: Pair, event: Sighting, end: number) {
  if (leftOut === undefined) {
    return [isOneClock(a.node, event.node) ? since + aheadOf(a, event) : -Infinity, end] as const;
  }
  const epoch = epochOf(event);
  const ahead = aheadOf(a, event);
  return [
    (leftOut.until.get(epoch) ?? Infinity) + ahead,
    Math.min(end, (leftOut.openFrom.get(epoch) ?? Infinity) + ahead),
  ] as const;
}

/** To an `at` of the event's node from one of the place's node, which has the same clock. */
const aheadOf = ({ node }: Place, event: Sighting): number =>
  Number(node.baseNs - event.node.baseNs);

/** A packet dies so long after its last device at the most, ns, where it waits for nothing. */
const SOON_NS = 0.3e9;

/**
 * Up to when, an `at` of each node of the way, packets that were counted may have died; undefined where
 * not all drops were told until then, but for so many, `untold`, as are known to be missing.
 */
function endsOf(
  way: readonly Place[],
  places: readonly CountedPlace[],
  goesOn: boolean,
): { ends: Map<NodeView, number>; untold: number } | undefined {
  const ends = new Map<NodeView, number>();
  const untold: [NodeView, number][] = [];
  for (const node of new Set(way.map((place) => place.node))) {
    const here = places.filter(({ place }) => place.node === node);
    const times = here.map(({ there }) => there.all);
    if (times.length === 0) {
      if (gapOf(node, DROP_SCRIPTS, EVER) !== null) return undefined;
      continue;
    }
    const numbers = times.flatMap((series: Series) => [...series.keys()]);
    const least = numbers.reduce((a, b) => Math.min(a, b));
    const most = numbers.reduce((a, b) => Math.max(a, b));
    const readings = readingsOf(node, here[0]!.place.stage, least, most);
    const [from, last] = [readings[0]?.from, readings.at(-1)?.at];
    if (from === undefined || last === undefined) return undefined;
    // Of what is over all has died that will; of what goes on, what did up to the last reading.
    const end = goesOn ? last : last + QUIET_NS;
    const to = end + SOON_NS;
    const missing = dropsUntold(node, from, to);
    if (missing === null) return undefined;
    untold.push([node, missing]);
    if (!isSilentUntil(node, goesOn ? to : end)) return undefined;
    ends.set(node, end);
  }
  return { ends, untold: onceForEachKernel(untold) };
}

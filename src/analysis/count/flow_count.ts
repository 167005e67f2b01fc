/**
 * What was counted of a flow, and what of it was lost between which places. Rule O24.
 *
 * What else may look like a loss, and why it is not taken for one:
 * - Packets under way, or waiting: nothing is said before all was quiet for longer than they wait.
 * - Counts that are missing, began late or ended early: the stretch is left out, or nothing is said.
 * - Another way: all told packets must take one, and the flow must be counted nowhere else.
 * - A copy, or a packet that a driver was handed twice: those places are left out.
 * - Packets put together or cut: their segments are counted; fragments and unknown segments say nothing.
 * - A form that the filter takes at one place only: a place that counted nothing of it is left out.
 */
import type { FlowCount } from "../../event/flow_count.ts";
import type { PacketCounts } from "../../event/report.ts";
import { ask } from "../view/asked.ts";
import { rfc3339 } from "../view/rfc3339.ts";
import { wallMsAt } from "../view/time_of_day.ts";
import type { NodeView } from "../view/timeline.ts";
import type { FlowGroup } from "../verdict/flows.ts";
import type { World } from "../verdict/judgement.ts";
import { type Comparison, comparisonOf } from "./between.ts";
import { type Difference, differencesOf } from "./difference.ts";
import type { CountedPlace } from "./parts.ts";
import { deadOf, deathsBetween, dropsTold } from "./deaths.ts";
import { evenAlong } from "./even.ts";
import { figuresOf, type Known, type Pair } from "./figures.ts";
import { countedAt, countsOnce, keyOf, type Place, wayOf } from "./places.ts";
import { type CountedThere, countsOf, readingsOf } from "./readings.ts";
import { nameOf } from "./place_name.ts";
import { sentenceOf, tracedOf } from "./sentence.ts";
import { toldAtBoth } from "./told.ts";

/** What was lost between two places that follow each other; times are `at`s of the first one's node. */
export interface Loss
  extends Pick<Difference, "packets" | "lost" | "lostAtMost" | "lostBytes" | "isLeast" | "came"> {
  from: Place;
  to: Place;
  /** The second one, and those after it. */
  behind: readonly Place[];
  /** So many drops between them were told one by one. */
  dropsTold: number;
  /** None of them was lost before this, an `at`. */
  first: number;
  /** None of them was lost after this, an `at`. */
  last: number;
}

/** What was counted of a flow: as the report has it, and the losses in it. */
export interface Counted {
  report: FlowCount;
  losses: Loss[];
  /** What became of all packets; undefined where counts don't prove it. */
  figures?: PacketCounts | undefined;
  /** All were delivered, though nobody told of each what became of it. */
  isDelivered: boolean;
}

/** What those packets show that were told one by one. */
export interface ToldOneByOne {
  packets: PacketCounts;
  /** What became of the flow is not known, for no other reason than that only some were told. */
  isOpen: boolean;
}

/** What was counted of a flow; undefined where nothing was. */
export function countOf(
  group: FlowGroup,
  nodes: readonly NodeView[],
  told: ToldOneByOne,
  world: Pick<World, "closed">,
): Counted | undefined {
  const counted = new Map<string, Map<string, CountedThere>>();
  let gap: string | null = null;
  for (const node of countingAmong(nodes)) {
    for (const form of group.forms.keys()) {
      const counts = countsOf(node, form);
      if (counts === null) gap = `${node.name} does not know how many packets some of it were`;
      for (const [place, there] of counts ?? []) {
        const at = counted.get(place) ?? new Map<string, CountedThere>();
        counted.set(place, at);
        at.set(form, there);
      }
    }
  }
  if (gap !== null) return unknown(gap);
  if (counted.size === 0) return undefined;
  const way = wayOf(group);
  if (typeof way === "string") return unknown(way);
  const places = way.flatMap((place): CountedPlace[] => {
    const there = counted.get(keyOf(place))?.get(place.form);
    return there === undefined ? [] : [{ place, there }];
  });
  const restarted = places.find(({ place: { node } }) =>
    ask(node.coverageSource, "runs", () => node.runs) > 1
  );
  if (restarted) return unknown(`the probe of ${restarted.place.node.name} was started anew`);
  return compared({
    ...{ group, traced: told.packets, isOpen: told.isOpen, way, places: places.filter(isTrusted) },
    ...{ elsewhere: () => elsewhere(counted, way), isClosed: () => world.closed },
  });
}

/** Those of all nodes that counted anything: a node that joins is none of them until it does. */
function countingAmong(nodes: readonly NodeView[]): readonly NodeView[] {
  const [first] = nodes;
  if (!first) return [];
  const isSame = (a: readonly NodeView[], b: readonly NodeView[]) =>
    a.length === b.length && a.every((node, i) => node === b[i]);
  return ask(
    first.shared.counting,
    "nodes that count",
    () => nodes.filter((node) => node.hasCounted),
    isSame,
  );
}

/** Each count at the place is one packet, in all of the time in which it was counted. */
function isTrusted({ place, there }: CountedPlace): boolean {
  const numbers = [...there.all.keys()].sort((a, b) => a - b);
  const readings = readingsOf(place.node, place.stage, numbers[0]!, numbers.at(-1)!);
  const [first, last] = [readings[0], readings.at(-1)];
  return first !== undefined && last !== undefined && countsOnce(place, first.from, last.at);
}

function compared(
  known: Omit<Known, "pairs" | "dead"> & Pick<ToldOneByOne, "isOpen"> & {
    /** Packets that were counted off its way. */
    elsewhere: () => number;
  },
): Counted {
  const { group, places, traced, isOpen, elsewhere } = known;
  const pairs: Pair[] = [];
  const [start] = places;
  if (start === undefined) return unknown("it was counted at fewer than two places");
  const dead = deadOf(group);
  const behind = places.map((_, i) => places.slice(i + 1).map(({ place }) => place));
  const deaths = places.slice(1).map((_, i) => deathsBetween(dead, places[i]!.place, behind[i]!));
  const even = evenAlong(places, group, firstSeen(group, start.place.node), new Set(deaths.flat()));
  const comparisons: Comparison[] = [];
  for (let i = 1; i < places.length; i++) {
    const [a, b] = [places[i - 1]!, places[i]!];
    const found = comparisonOf(a, b, {
      ...{ a: firstSeen(group, a.place.node), b: firstSeen(group, b.place.node) },
      haveDigests: () => haveDigests(group),
      both: () => toldAtBoth(group, a.place, b.place),
      died: () => deaths[i - 1]!,
      evenAfter: even,
    });
    if (typeof found === "string") return unknown(found);
    comparisons.push(found);
  }
  const differences = differencesOf(comparisons);
  if (typeof differences === "string") return unknown(differences);
  for (const [i, found] of differences.entries()) {
    const { a: { place: a }, b: { place: b } } = comparisons[i]!;
    if (found.lost < 0) {
      const names = `${nameOf(b)} than ${nameOf(a)}`;
      return unknown(`more packets were counted at ${names}: not all came that way`);
    }
    pairs.push({ a, b, behind: behind[i]!, found });
  }
  const [first, last] = [pairs[0], pairs.at(-1)];
  if (!first || !last) return unknown("it was counted at fewer than two places");
  const isLost = pairs.some(({ found }) => found.lost > 0);
  if (isLost && elsewhere() > 0) {
    return unknown("some of it was counted off its way: it takes more than one");
  }
  const packets = first.found.packets;
  const losses = pairs.filter(({ found }) => found.lost > 0).map(({ a, b, behind, found }) => ({
    ...found,
    ...{ from: a, to: b, behind, first: found.from, last: found.to },
    dropsTold: dropsTold(dead, a, behind, found),
  }));
  const lost = losses.reduce((sum, { lost }) => sum + lost, 0);
  const isLeast = pairs.some(({ found }) => found.isLeast);
  const most = lostAtMost(pairs, lost);
  const atMost = isLeast ? undefined : most;
  const { bytes } = first.found;
  const lostBytes = pairs.every(({ found }) => found.lostBytes !== undefined)
    ? pairs.reduce((sum, { found }) => sum + found.lostBytes!, 0)
    : undefined;
  const figures = elsewhere() > 0 ? undefined : figuresOf({ ...known, pairs, dead });
  const isDelivered = isOpen && figures?.isDelivered === true;
  const basis = isDelivered ? "outcome" : figures ? "figures" : "none";
  const counted = start.there.all.values().reduce((sum, number) => sum + number, 0);
  const report: FlowCount = {
    packets,
    ...(figures ? { traced } : {}),
    arrived: last.found.arrived,
    lost,
    ...(atMost === undefined ? {} : { lostAtMost: atMost }),
    ...(bytes === undefined ? {} : { bytes }),
    ...(lostBytes === undefined ? {} : { lostBytes }),
    ...(isLeast ? { atLeast: true } : {}),
    since: rfc3339(wallMsAt(first.a.node, first.found.since)),
    until: rfc3339(wallMsAt(first.a.node, first.found.until)),
    losses: losses.map(lossReport),
    sentence: `${
      sentenceOf(
        { packets, counted, lost, most, isLeast, bytes, lostBytes },
        first.a,
        last.b,
        pairs,
      )
    } ${tracedOf(traced.seen, basis)}`,
  };
  return { report, losses, figures: figures?.counts, isDelivered };
}

const unknown = (gap: string): Counted => ({
  report: {
    gap: gap.slice(0, 500),
    sentence: `Counted, but what was lost is not known: ${gap}.`.slice(0, 1000),
  },
  losses: [],
  isDelivered: false,
});

/** No more of the packets that were counted were lost at all pairs together; undefined: `lost` is all. */
function lostAtMost(pairs: readonly Pair[], lost: number): number | undefined {
  const most = pairs.reduce((sum, { found }) => sum + (found.lostAtMost ?? found.lost), 0);
  return most > lost ? most : undefined;
}

const lossReport = ({ from, to, lost, lostAtMost, dropsTold, first, last, lostBytes }: Loss) => ({
  from: countedAt(from.seen),
  to: countedAt(to.seen),
  packets: lost,
  ...(lostAtMost === undefined || lostAtMost <= lost ? {} : { packetsAtMost: lostAtMost }),
  ...(lostBytes === undefined ? {} : { bytes: lostBytes }),
  dropsTold,
  firstAt: rfc3339(wallMsAt(from.node, first)),
  lastAt: rfc3339(wallMsAt(from.node, last)),
});

const haveDigests = ({ packets }: FlowGroup): boolean =>
  packets.some(({ packet: { chains } }) =>
    chains.some(({ events }) => events.some(({ digest }) => digest !== undefined))
  );

/** When the flow was seen first on a node, an `at`. */
function firstSeen({ packets }: FlowGroup, node: NodeView): number {
  let first = Infinity;
  for (const { packet: { chains } } of packets) {
    for (const { node: other, events } of chains) {
      if (other === node) first = Math.min(first, events[0]!.at);
    }
  }
  return first;
}

/** Packets of the flow's forms at places that are not on its way, or in another form there. */
function elsewhere(
  counted: ReadonlyMap<string, ReadonlyMap<string, CountedThere>>,
  way: readonly Place[],
): number {
  const forms = new Map(way.map((place) => [keyOf(place), place.form]));
  let packets = 0;
  for (const [key, byForm] of counted) {
    for (const [form, { all }] of byForm) {
      if (forms.get(key) === form) continue;
      for (const number of all.values()) packets += number;
    }
  }
  return packets;
}

/** What the counters of a node told: its readings, and of each flow and place how many packets. Rule O23. */
import { formKey, formOf } from "../correlate/identity.ts";
import { ask } from "../view/asked.ts";
import { leftOutOf } from "../view/covered.ts";
import { concludedFrom, finding, seenOn } from "../view/finding.ts";
import type { NodeView, Sighting } from "../view/timeline.ts";
import { placeKey } from "./places.ts";

/** A reading of a node's counters: it counts from the one before it. */
export interface Reading {
  /** Readings from 0 on. */
  number: number;
  /** When the one before it was, an `at` of its node. */
  from: number;
  /** When it was, an `at`. */
  at: number;
  /** The one before it was told, and so was all that this one counted. */
  isWhole: boolean;
  /** The kernel left out runs of the script that counts, so that packets may have passed uncounted. */
  isShort: boolean;
}

/** Where packets are counted at a device. */
export type Stage = "device-rx" | "device-tx";

const STAGES = ["", "device-rx", "device-tx"];

const headings = finding(({ kind, ifindex }) =>
  kind === "counted" && ifindex === undefined ? "" : undefined
);
const rowsOfReading = finding(({ kind, ifindex, reading }) =>
  kind === "counted" && ifindex !== undefined ? `${reading}` : undefined
);
const rowsOfForm = finding((event) => {
  const { kind, source, destination, protocol } = event;
  if (kind !== "counted" || source === undefined) return undefined;
  return destination === undefined || protocol === undefined ? undefined : formKey(formOf(event));
});
const rowsOfPlace = finding((event) => {
  const { kind, ifindex, source, uncounted } = event;
  if (kind !== "counted" || ifindex === undefined || source !== undefined) return undefined;
  return uncounted === undefined ? undefined : placeOf(event);
});

const placeOf = ({ node, netns, ifindex, countedAt }: Sighting) =>
  placeKey(node, netns, ifindex, STAGES[countedAt ?? 0] ?? "");

/** Packets by the number of the reading. */
export type Series = ReadonlyMap<number, number>;

/** What was counted of a form at a place. */
export interface CountedThere {
  all: Series;
  /** The same by epoch, `src/event/epoch.ts`. */
  epochs: ReadonlyMap<number, Series>;
  /** Bytes of their payload by epoch; null: of some nobody counted them. */
  bytes: ReadonlyMap<number, Series> | null;
  /** None of the packets that were counted was put together of several. */
  areAlone: boolean;
  /** Digests by epoch, of readings that have one. */
  digests: ReadonlyMap<number, Series>;
  /** Of a reading that has packets of readings before: of how many at most. */
  waited: Series;
}

/** Packets of one form on one node, by place. */
export type Counts = ReadonlyMap<string, CountedThere>;

/** What was counted of a form on a node. Null where nobody says how many packets some of it were. */
export function countsOf(node: NodeView, form: string): Counts | null {
  const counts = new Map<string, Writable>();
  for (const row of seenOn(node, rowsOfForm, form)) {
    const { counted = 0, uncounted = 0, reading = -1, epoch = 0, waited = 0 } = row;
    if (uncounted > 0) return null;
    const place = placeOf(row);
    let of = counts.get(place);
    if (of === undefined) {
      of = {
        ...{ all: new Map(), epochs: new Map(), bytes: new Map() },
        ...{ areAlone: true, digests: new Map(), waited: new Map() },
      };
      counts.set(place, of);
    }
    add(of.all, reading, counted);
    add(seriesOf(of.epochs, epoch), reading, counted);
    if (row.countedBytes === undefined) of.bytes = null;
    else if (of.bytes !== null) add(seriesOf(of.bytes, epoch), reading, row.countedBytes);
    if (row.countedDigest !== undefined) {
      seriesOf(of.digests, epoch).set(reading, row.countedDigest);
    }
    // A packet that was put together is in no digest.
    of.areAlone &&= row.countedTogether === 0 || row.countedDigest !== undefined;
    if (waited > 0) of.waited.set(reading, Math.max(waited, of.waited.get(reading) ?? 0));
  }
  return counts;
}

const add = (series: Map<number, number>, reading: number, more: number) =>
  series.set(reading, (series.get(reading) ?? 0) + more);

function seriesOf(all: Map<number, Map<number, number>>, epoch: number): Map<number, number> {
  let series = all.get(epoch);
  if (series === undefined) all.set(epoch, series = new Map());
  return series;
}

interface Writable extends CountedThere {
  all: Map<number, number>;
  epochs: Map<number, Map<number, number>>;
  bytes: Map<number, Map<number, number>> | null;
  digests: Map<number, Map<number, number>>;
  waited: Map<number, number>;
}

/** Numbers of readings in which some packets of a place had no counter. */
export const uncountedAt = (node: NodeView, place: string): readonly number[] =>
  seenOn(node, rowsOfPlace, place).map(({ reading = -1 }) => reading);

/**
 * The readings of a node whose numbers are between two, both included, in their order. One that was told
 * twice is not whole. `stage`: what counts there.
 */
export function readingsOf(
  node: NodeView,
  stage: Stage,
  first: number,
  last: number,
): Reading[] {
  const text = concludedFrom(
    node,
    headings,
    "",
    `readings ${first} ${last}`,
    (seen) =>
      seen.filter(({ reading = -1 }) => reading >= first - 1 && reading <= last)
        .map(({ reading, at, counted }) => `${reading} ${at} ${counted}`).join("\n"),
  );
  if (text === "") return [];
  const headed = text.split("\n").map((line) => line.split(" ").map(Number));
  const byNumber = Map.groupBy(headed, ([number]) => number!);
  const readings: Reading[] = [];
  for (const [number, [, at, rows]] of headed.map((heading) => [heading[0]!, heading] as const)) {
    if (number < first) continue;
    const before = byNumber.get(number - 1);
    const isTold = byNumber.get(number)!.length === 1 && before?.length === 1 &&
      before[0]![1]! < at! && seenOn(node, rowsOfReading, `${number}`).length === rows;
    const from = before?.[0]?.[1] ?? at!;
    const isShort = leftOutBetween(node, stage, from, at!).length > 0;
    readings.push({ number, from, at: at!, isWhole: isTold, isShort });
  }
  return readings.sort((a, b) => a.number - b.number);
}

/** The script that counts at each stage. */
const COUNTING_SCRIPT: Record<Stage, string> = {
  "device-rx": "device_rx",
  "device-tx": "device_tx",
};

/** A stretch in which the kernel left out so many runs of a script. */
export interface Short {
  /** An `at` of the node. */
  from: number;
  count: number;
}

/** Stretches in which it left out runs of the stage's script between two moments, `at`s of the node. */
export const leftOutBetween = (
  node: NodeView,
  stage: Stage,
  from: number,
  to: number,
): readonly Short[] =>
  ask(
    node.coverageSource,
    `runs left out ${stage} ${from} ${to}`,
    () =>
      node.missed.filter((stretch) => stretch.from <= to && stretch.to >= from)
        .map((stretch) => ({
          from: stretch.from,
          count: leftOutOf(stretch, [COUNTING_SCRIPT[stage]]),
        }))
        .filter(({ count }) => count > 0),
    (before, now) => JSON.stringify(before) === JSON.stringify(now),
  );

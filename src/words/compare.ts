/** Where the path of one flow parts from that of another, and what differs there. Pure. */
import type { Flow, Hop } from "../event/report.ts";
import { endPoint, tunnelName } from "./ends.ts";
import { OUTCOME_WORDS, STAGE_WORDS } from "./outcome.ts";
import { type Place, placeName, roomWords } from "./place.ts";
import type { Writing } from "./writing.ts";

/** What two flows, or two hops, do not have alike. Empty text: one of them has none. */
export interface Difference {
  what: string;
  pinned: string;
  other: string;
}

/** Hops of both paths that stand beside each other; one is absent where a path has no such hop. */
export interface ComparedHops {
  pinned?: Hop;
  other?: Hop;
  /** Empty when both are alike. */
  differences: Difference[];
}

/** Two flows beside each other. */
export interface Comparison {
  /** Both paths in order; hops at the same place stand beside each other. */
  rows: ComparedHops[];
  /** Index of the first row that is not alike; null when all are. */
  partsAt: number | null;
  /** What the flows as a whole do not have alike. */
  flows: Difference[];
}

/** Hops of a path that are compared. To line up two paths costs the product of their lengths. */
const HOPS_MAX = 400;

/** Compares two flows: `pinned` is the one that the other is held against. */
export function compareFlows(pinned: Flow, other: Flow, writing: Writing): Comparison {
  const rows = aligned(pathOf(pinned), pathOf(other)).map(([one, two]) => ({
    ...one && { pinned: one },
    ...two && { other: two },
    differences: hopDifferences(one, two, { pinned, other }, writing),
  }));
  const parts = rows.findIndex(({ differences }) => differences.length > 0);
  return {
    rows,
    partsAt: parts < 0 ? null : parts,
    flows: flowDifferences(pinned, other, writing),
  };
}

/**
 * `Both took the same way.`, or where they part: `Together for 3 hops, to cni0 in host on n1. Then …`.
 */
export function partingText(
  { rows, partsAt }: Comparison,
  writing: Pick<Writing, "text">,
): string {
  if (partsAt === null) return "Both took the same way, hop by hop.";
  const told = (side: "pinned" | "other", who: string) => {
    const hop = rows[partsAt]![side];
    if (hop !== undefined) return `${who} was ${stageWord(hop)} at ${placeOf(hop, writing)}`;
    const goesOn = rows.slice(partsAt).some((row) => row[side] !== undefined);
    return `${who} was not seen ${goesOn ? "there" : "any further"}`;
  };
  const then = `${told("pinned", "the pinned one")}, and ${told("other", "this one")}`;
  const before = rows[partsAt - 1]?.pinned;
  if (before === undefined) return `They part at the first hop: ${then}.`;
  const hops = partsAt === 1 ? "1 hop" : `${partsAt} hops`;
  return `Together for ${hops}, to ${placeOf(before, writing)}. Then ${then}.`;
}

const pathOf = ({ path, lastHop }: Flow): readonly Hop[] =>
  path.length === 0 ? [lastHop] : path.slice(0, HOPS_MAX);

const placeOf = (place: Place, writing: Pick<Writing, "text">): string =>
  placeName(place, writing, { deviceMax: 24, netnsMax: 24, nodeMax: 32 });

const stageWord = ({ stage }: Hop): string => STAGE_WORDS[stage] ?? "seen";

const isSamePlace = (a: Hop, b: Hop): boolean =>
  a.node === b.node && a.netns === b.netns && a.device === b.device && a.stage === b.stage;

type Pair = [Hop | undefined, Hop | undefined];

/** Both paths beside each other, so that as many hops as possible stand beside one at their place. */
function aligned(a: readonly Hop[], b: readonly Hop[]): Pair[] {
  // most[i][j]: how many of the hops from i and from j on can stand beside one at their place.
  const most = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      most[i]![j] = isSamePlace(a[i]!, b[j]!)
        ? most[i + 1]![j + 1]! + 1
        : Math.max(most[i + 1]![j]!, most[i]![j + 1]!);
    }
  }
  const pairs: Pair[] = [];
  let apart: [Hop[], Hop[]] = [[], []];
  const flush = () => {
    const length = Math.max(apart[0].length, apart[1].length);
    for (let i = 0; i < length; i++) pairs.push([apart[0][i], apart[1][i]]);
    apart = [[], []];
  };
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && isSamePlace(a[i]!, b[j]!)) {
      flush();
      pairs.push([a[i++], b[j++]]);
    } else if (j >= b.length || (i < a.length && most[i + 1]![j]! >= most[i]![j + 1]!)) {
      apart[0].push(a[i++]!);
    } else apart[1].push(b[j++]!);
  }
  flush();
  return pairs;
}

/** A fact of which each side has a text, or none. */
type Fact<T> = readonly [what: string, tell: (of: T) => string];

const differ = <T>(facts: readonly Fact<T>[], one: T, two: T): Difference[] =>
  facts.map(([what, tell]) => ({ what, pinned: tell(one), other: tell(two) }))
    .filter(({ pinned, other }) => pinned !== other);

function hopDifferences(
  one: Hop | undefined,
  two: Hop | undefined,
  flows: { pinned: Flow; other: Flow },
  writing: Writing,
): Difference[] {
  const { text } = writing;
  if (one === undefined || two === undefined) {
    const tell = (hop: Hop | undefined) =>
      hop === undefined ? "" : `${stageWord(hop)} at ${placeOf(hop, writing)}`;
    return [{ what: "hop", pinned: tell(one), other: tell(two) }];
  }
  return differ<Hop>(
    [
      ["node", ({ node }) => text(node)],
      ["namespace", (hop) => text(roomWords(hop))],
      ["device", ({ device }) => text(device)],
      ["what happened", stageWord],
      ["kernel function", (hop) => text(hop.function ?? "")],
      ["drop reason", ({ reason }) => text(reason ?? "")],
      ["tunnel", ({ encap }) => encap === undefined ? "" : tunnelName(encap, writing)],
      ["translation", (hop) => rewritten(hop, hop === one ? flows.pinned : flows.other, writing)],
    ],
    one,
    two,
  );
}

/** What the flow's ends were made to; a port that its client chose at random is no difference of ways. */
function rewritten({ translated }: Hop, flow: Flow, { text }: Writing): string {
  if (translated === undefined) return "";
  const end = ({ destination, destinationPort }: Flow | NonNullable<Hop["translated"]>) =>
    endPoint(text(destination), destinationPort);
  return [
    translated.source === flow.source ? [] : `source now ${text(translated.source)}`,
    end(translated) === end(flow) ? [] : `destination now ${end(translated)}`,
  ].flat().join(", ");
}

function flowDifferences(pinned: Flow, other: Flow, writing: Writing): Difference[] {
  const { text } = writing;
  return differ<Flow>(
    [
      ["outcome", ({ outcome }) => OUTCOME_WORDS[outcome] ?? text(outcome)],
      ["cause", ({ cause }) => cause === undefined ? "" : text(cause.code)],
      ["last seen", ({ lastHop }) => placeOf(lastHop, writing)],
      ["TTL, first and last", ttlText],
      ["protocol", ({ protocol }) => text(protocol)],
      ["from", ({ source }) => text(source)],
      ["to", (flow) => endPoint(text(flow.destination), flow.destinationPort)],
      ["from, translated", ({ translated }) => text(translated?.source ?? "")],
      [
        "to, translated",
        ({ translated }) =>
          translated === undefined
            ? ""
            : endPoint(text(translated.destination), translated.destinationPort),
      ],
    ],
    pinned,
    other,
  );
}

/**
 * `64 to 61`: as it was first seen, and where it was seen last. It is told of the whole way: what starts
 * with another TTL has another one at every hop, and may go the same way.
 */
function ttlText({ path, lastHop }: Flow): string {
  const [first, last] = [path[0]?.ttl, lastHop.ttl];
  return first === undefined || last === undefined ? "" : `${first} to ${last}`;
}

/// <reference lib="dom" />
/** The map of what is listed, folded as its reader wants it, and where its boxes stand. */
import { computed, effect, signal, untracked } from "@preact/signals";
import { label } from "../../words/escape.ts";
import { grouped as counted, plural } from "../parts/writing.ts";
import { filter } from "../state/filter.ts";
import { inShownTime, listed, problem, problems, selected, timeWindow } from "../state/model.ts";
import { nodes } from "../state/told.ts";
import { problemIdsOf } from "../state/groups.ts";
import { foldMap, ROOM } from "./fold.ts";
import type { layoutMap, Placed, Wanted } from "./layout.ts";
import { type Link, mapModel, type Place, wayOf } from "./model.ts";

/** Served beside the page; `layout.ts` says why. */
const LAYOUT = "/layout.js";
/** Pixels of a box: its width, its two lines of text, and each row of badges. */
const BOX = { wide: 186, narrow: 152, height: 48, badges: 27 };
/** Badges of a box that are shown, and in one row of it. */
export const BADGES = { max: 6, row: 2 };
/** Pixels: a narrower page has the map from top to bottom, with narrower boxes. */
const WIDE = 700;
/** Boxes of a map that is laid out both ways, to see which fits better; a larger one takes long. */
const TRIED_MAX = 120;
/** Characters of a link's label, and pixels of each. */
const LABEL = { max: 26, width: 7 };

const room = signal({ width: 0, height: 0 });
const isNarrow = computed(() => room.value.width < WIDE);
const open = signal<ReadonlySet<string>>(new Set());

/** All problems, or those that something listed is part of where not all is listed. */
const shownProblems = computed(() => {
  if (problem.value !== null) return [inShownTime(problem.value)];
  if (filter.value.node.kind === "all" && timeWindow.value === null) return problems.value.known;
  const ids = new Set(listed.value.flatMap(problemIdsOf));
  return problems.value.known.filter(({ id }) => ids.has(id));
});

/** The map before it is folded. */
export const whole = computed(() => {
  // As often as what is listed: problems alone change with each drop.
  const groups = listed.value;
  return mapModel(groups, untracked(() => shownProblems.value));
});
/** The map as it is drawn. */
export const shown = computed(() =>
  foldMap(whole.value, open.value, ROOM[isNarrow.value ? "narrow" : "wide"])
);
/** Whether the reader opened a fold. */
export const isOpened = computed(() => open.value.size > 0);

/** The ways of the flow that is shown, as pairs of ids of places. */
export const chosenWay = computed<ReadonlySet<string>>(() => {
  const way = selected.value === null ? [] : wayOf(selected.value);
  return new Set(way.flatMap(({ id }, i) => i === 0 ? [] : [wayId(way[i - 1]!.id, id)]));
});

/** The id of a way between two places, in whichever direction. */
export const wayId = (a: string, b: string): string => a < b ? a + b : b + a;

/** Shows what is in a fold one by one. */
export function openFold(id: string): void {
  open.value = new Set([...open.value, id]);
}

/** Folds again all that the reader opened. */
export function foldAll(): void {
  open.value = new Set();
}

/** What stands at a link: its tunnels, where it leads to another node. */
export function linkLabel({ tunnels, from, to }: Link, nodeOf: ReadonlyMap<string, Place>): string {
  if (tunnels.length === 0 || nodeOf.get(from)?.node === nodeOf.get(to)?.node) return "";
  const more = tunnels.length > 1 ? ` +${tunnels.length - 1}` : "";
  return label(tunnels[0]!, LABEL.max - more.length) + more;
}

/** Says how much room the map has, in pixels. */
export function setRoom(width: number, height: number): void {
  room.value = { width, height };
}

/** As text, because only what the layout depends on makes a new one: counts change with each event. */
const wanted = computed(() => {
  const { places, links } = shown.value;
  const byId = new Map(places.map((place) => [place.id, place]));
  const rows = (count: number) => Math.ceil(Math.min(count, BADGES.max) / BADGES.row);
  const all: Laid = {
    boxes: inFirstOrder(places, ({ id }) => id).map(({ id, node, problems }) => ({
      id,
      width: isNarrow.value ? BOX.narrow : BOX.wide,
      height: BOX.height + rows(problems.length) * BOX.badges,
      group: node,
    })),
    links: inFirstOrder(links, ({ from, to }) => wayId(from, to)).map((link) => ({
      from: link.from,
      to: link.to,
      labelWidth: linkLabel(link, byId).length * LABEL.width,
    })),
  };
  return JSON.stringify(all);
});

/** When each place and way was met first: in another order the same map would be laid out anew. */
const firstMet = new Map<string, number>();

function inFirstOrder<T>(all: readonly T[], idOf: (one: T) => string): T[] {
  for (const one of all) {
    const id = idOf(one);
    if (!firstMet.has(id)) firstMet.set(id, firstMet.size);
  }
  return all.toSorted((a, b) => firstMet.get(idOf(a))! - firstMet.get(idOf(b))!);
}

type Laid = Omit<Wanted, "direction">;
const laid = signal<{ wanted: Laid; ways: Placed[] } | null>(null);

/** Where the boxes stand, in the direction that fits better, and what was laid out; null until then. */
export const placed = computed<{ wanted: Laid; at: Placed } | null>(() => {
  if (laid.value === null) return null;
  const { width, height } = room.value;
  const fit = (at: Placed) => Math.min(1, width / at.width, height / at.height);
  const best = laid.value.ways.reduce((one, other) => fit(other) > fit(one) ? other : one);
  return { wanted: laid.value.wanted, at: best };
});
/** Why the layout could not be loaded; null while nothing is wrong. */
export const failure = signal<string | null>(null);

/** Keeps `placed` true while the map is open. Returns what stops it. */
export function followLayout(): () => void {
  let isOpen = true;
  let library: Promise<{ layoutMap: typeof layoutMap }> | undefined;
  const stop = effect(() => {
    const text = wanted.value;
    library ??= import(LAYOUT);
    library.then(({ layoutMap }) => {
      if (!isOpen || text !== wanted.peek()) return;
      const all: Laid = JSON.parse(text);
      const both = all.boxes.length > TRIED_MAX ? ["LR"] as const : ["LR", "TB"] as const;
      const ways = isNarrow.peek() ? ["TB"] as const : both;
      laid.value = { wanted: all, ways: ways.map((way) => layoutMap({ ...all, direction: way })) };
      failure.value = null;
    }).catch((error) => failure.value = String(error));
  });
  return () => {
    isOpen = false;
    stop();
  };
}

/** Names of nodes that watch and have seen nothing of what is listed. */
export const unseenNodes = computed(() => {
  const seen = new Set(whole.value.places.map(({ node }) => node));
  return nodes.value.map(({ name }) => name).filter((name) => !seen.has(name));
});

/** `4 nodes, 13 namespaces; something fails in 3 of them`. */
export function mapWords(places: readonly Place[]): string {
  const nodes = new Set(places.map(({ node }) => node)).size;
  const isOn = ({ problems }: Place) => problems.some(({ state }) => state !== "healed");
  const deadly = places.filter(isOn).length;
  const lost = deadly === 0
    ? "no problem that is not healed"
    : `something fails in ${counted(deadly)} of them, the badges say how many flows`;
  return `${plural(nodes, "node")}, ${plural(places.length, "namespace")}; ${lost}`;
}

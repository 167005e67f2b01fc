/// <reference lib="dom" />
/** The map of what is listed, folded as its reader wants it, and where its boxes stand. */
import { computed, effect, signal } from "@preact/signals";
import { label } from "../../words/escape.ts";
import { grouped as counted, plural } from "../parts/writing.ts";
import { filter } from "../state/filter.ts";
import { listed, problem, problems, selected, timeWindow } from "../state/model.ts";
import { problemIdsOf } from "../state/groups.ts";
import { foldMap, ROOM } from "./fold.ts";
import type { layoutMap, Placed, Wanted } from "./layout.ts";
import { type Link, mapModel, type Place, wayOf } from "./model.ts";

/** Served beside the page; `layout.ts` says why. */
const LAYOUT = "/layout.js";
/** Pixels of a box: its width, its two lines of text, and each row of badges. */
export const BOX = { width: { LR: 186, TB: 152 }, height: 48, badges: 27 };
/** Badges of a box that are shown, and in one row of it. */
export const BADGES = { max: 6, row: 2 };
/** Characters of a link's label, and pixels of each. */
const LABEL = { max: 26, width: 7 };

const direction = signal<Wanted["direction"]>("LR");
const open = signal<ReadonlySet<string>>(new Set());

/** All problems, or those that something listed is part of where not all is listed. */
const shownProblems = computed(() => {
  if (problem.value !== null) return [problem.value];
  if (filter.value.node.kind === "all" && timeWindow.value === null) return problems.value.known;
  const ids = new Set(listed.value.flatMap(problemIdsOf));
  return problems.value.known.filter(({ id }) => ids.has(id));
});

/** The map before it is folded. */
export const whole = computed(() => mapModel(listed.value, shownProblems.value));
/** The map as it is drawn. */
export const shown = computed(() =>
  foldMap(whole.value, open.value, ROOM[direction.value === "TB" ? "narrow" : "wide"])
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

/** A narrow page has the map from top to bottom. */
export function setDirection(wanted: Wanted["direction"]): void {
  direction.value = wanted;
}

/** As text, because only what the layout depends on makes a new one: counts change with each event. */
const wanted = computed(() => {
  const { places, links } = shown.value;
  const byId = new Map(places.map((place) => [place.id, place]));
  const rows = (count: number) => Math.ceil(Math.min(count, BADGES.max) / BADGES.row);
  const all: Wanted = {
    direction: direction.value,
    boxes: places.map(({ id, node, problems }) => ({
      id,
      width: BOX.width[direction.value],
      height: BOX.height + rows(problems.length) * BOX.badges,
      group: node,
    })),
    links: links.map((link) => ({
      from: link.from,
      to: link.to,
      labelWidth: linkLabel(link, byId).length * LABEL.width,
    })),
  };
  return JSON.stringify(all);
});

/** Where the boxes of a map stand, with the map itself; null until the layout is loaded. */
export const placed = signal<{ wanted: Wanted; at: Placed } | null>(null);
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
      const all: Wanted = JSON.parse(text);
      placed.value = { wanted: all, at: layoutMap(all) };
      failure.value = null;
    }).catch((error) => failure.value = String(error));
  });
  return () => {
    isOpen = false;
    stop();
  };
}

/** `4 nodes, 13 namespaces; something fails in 3 of them`. */
export function mapWords(places: readonly Place[]): string {
  const nodes = new Set(places.map(({ node }) => node)).size;
  const isOn = ({ problems }: Place) => problems.some(({ state }) => state !== "healed");
  const deadly = places.filter(isOn).length;
  const lost = deadly === 0
    ? "no problem that is not healed"
    : `something fails in ${counted(deadly)} of them: how many flows, a badge says`;
  return `${plural(nodes, "node")}, ${plural(places.length, "namespace")}; ${lost}`;
}

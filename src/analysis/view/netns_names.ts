/** What a network namespace is called: by whose it is, by its name, by its number. */
import { type HolderNames, holderNames, holderWords } from "../../event/holder_names.ts";
import type { NetnsState } from "../../event/state.ts";
import { ask } from "./asked.ts";
import { askNetns } from "./netns_asked.ts";
import { sharedTexts } from "./shared_texts.ts";
import type { NodeView } from "./timeline.ts";

/** The node's own namespace, as sentences call it. */
export const HOST_NETWORK = "the host network";

/**
 * The namespace's name, else its inode as text; "" when no namespace is known. At a moment, an `at` of
 * the node, it is what the reading before told, else the first one: numbers are given again.
 */
export function netnsLabel(node: NodeView, netns: number | undefined, at = -Infinity): string {
  if (netns === undefined) return "";
  return askNetns(node, netns, at, () => {
    const { names, otherwise } = labelsOf(node, netns);
    return (names.findLast((one) => one.at <= at) ?? names[0])?.name ?? otherwise;
  });
}

/** Every hop has one. */
const shared = sharedTexts();

/** What a namespace is called on a node, as far as that many readings and this header tell. */
interface Labels {
  list: Readings;
  count: number;
  told: Told;
  names: readonly { at: number; name: string }[];
  /** Where no reading names it. */
  otherwise: string;
}

const labels = new WeakMap<NodeView, Map<number, Labels>>();

/** Made again only after something was told: each hop asks. */
function labelsOf(node: NodeView, netns: number): Labels {
  const list = node.states.get(netns) ?? NEVER_READ;
  const told = node.header.netns;
  let all = labels.get(node);
  if (!all) labels.set(node, all = new Map());
  const known = all.get(netns);
  if (known?.list === list && known.count === list.length && known.told === told) return known;
  const otherwise = toldIn(told).get(netns) ?? shared(String(netns));
  const made = { list, count: list.length, told, names: namesIn(list), otherwise };
  all.set(netns, made);
  return made;
}

/** One list, so that what is remembered of it is remembered once. */
const NEVER_READ: Readings = [];

type Readings = readonly { at: number; state: NetnsState }[];
type Told = NodeView["header"]["netns"];

/** From when on a namespace had which name: one, nearly always. */
function namesIn(list: Readings): { at: number; name: string }[] {
  const names: { at: number; name: string }[] = [];
  for (const { at, state: { name } } of list) {
    if (name !== undefined && name !== names.at(-1)?.name) names.push({ at, name });
  }
  return names;
}

const toldOf = new WeakMap<Told, Map<number, string>>();

/** Names by inode, as the header of a batch has them. */
function toldIn(told: Told): Map<number, string> {
  let names = toldOf.get(told);
  if (!names) {
    names = new Map();
    for (const { inode, name } of told) {
      if (name !== undefined && !names.has(inode)) names.set(inode, name);
    }
    toldOf.set(told, names);
  }
  return names;
}

/**
 * As sentences name it: `pod shop/checkout`, `container web`, the node's own by what it is, else as
 * `netnsLabel` does. Without a moment, an `at` of the node, only what it always was is its name.
 */
export function netnsName(node: NodeView, netns: number | undefined, at?: number): string {
  const words = at === undefined ? onlyHolder(node, netns) : holderWords(holderAt(node, netns, at));
  if (words !== undefined) return words;
  const label = netnsLabel(node, netns);
  return label === String(netns) && isOwn(node, netns) ? HOST_NETWORK : label;
}

const onlyHolder = (node: NodeView, netns: number | undefined): string | undefined =>
  ask(node.statesSource, `holders ${netns}`, () => {
    const list = netns === undefined ? [] : tellingsOf(node, netns);
    const all = new Set(list.flatMap(({ state }) => holderWords(holderNames(state.holder)) ?? []));
    return all.size === 1 ? [...all][0] : undefined;
  });

/** Whether the namespace is the node's own. False where its probe did not say. */
export const isOwn = (node: NodeView, netns: number | undefined): boolean =>
  netns !== undefined && askNetns(
    node,
    netns,
    0,
    () => node.header.netns.some((one) => one.own === true && one.inode === netns),
  );

/**
 * So long, ns, another pod may have had a namespace's number before its state was read: probes look
 * for new ones every two seconds.
 */
const UNREAD_NS = 3e9;

/**
 * [H6] Whose a namespace was at a moment (an `at` of the node): by the reading before, which stays true when
 * its processes are gone, else by the first one after, as which counts what was known when it ended. Empty
 * where another one may have had its number by then.
 */
export const holderAt = (node: NodeView, netns: number | undefined, at: number): HolderNames =>
  netns === undefined ? {} : askNetns(node, netns, at, () => holderThen(node, netns, at));

const NOBODY: HolderNames = {};

function holderThen(node: NodeView, netns: number, at: number): HolderNames {
  const ends = node.endings(netns);
  if (ends.length === 0 && !node.states.has(netns)) return NOBODY;
  const begin = ends.findLast((end) => end.at < at)?.at ?? -Infinity;
  const end = ends.find((one) => one.at >= at)?.at ?? Infinity;
  const told = tellingsOf(node, netns)
    .filter((entry) => isNamed(entry.state) && entry.at > begin && entry.at <= end);
  const next = told.find((entry) => entry.at > at);
  const before = told.findLast((entry) => entry.at <= at);
  if (before === undefined) return holderNames(next?.state.holder);
  const names = holderNames(before.state.holder);
  const isSure = next === undefined || next.at - at > UNREAD_NS ||
    holderWords(holderNames(next.state.holder)) === holderWords(names);
  return isSure ? names : {};
}

/** Readings of a namespace, and what was told when it ended, oldest first. */
function tellingsOf(node: NodeView, netns: number): Readings {
  const readings = node.states.get(netns) ?? NEVER_READ;
  const ends = node.endings(netns);
  return ends.length === 0 ? readings : [...readings, ...ends].sort((a, b) => a.at - b.at);
}

const isNamed = ({ holder }: NetnsState) =>
  holder !== undefined && holderWords(holderNames(holder)) !== undefined;

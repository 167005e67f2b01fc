/**
 * Questions about one namespace at many moments: which reading held, what it was called, whose it was. A
 * path asks some dozens of them, so they are noted as one, with parts that all paths share.
 */
import { holderNames, holderWords } from "../../event/holder_names.ts";
import type { NetnsState } from "../../event/state.ts";
import { askIn, noted, type Timed } from "./asked.ts";
import { firstAfter, firstFrom } from "./indexed.ts";
import type { NodeView, Reading } from "./timeline.ts";

/** What all questions about a namespace share. */
interface Shared {
  before: Timed;
  /** The same of readings after a moment. */
  after: Timed;
  /** What was told of its name and its holder, of the first so many readings. */
  count: number;
  names: string;
}

const known = new WeakMap<NodeView, Map<number, Shared>>();

/** Asks about a namespace at a moment, an `at`: of readings before it, or of the first one. */
export function askNetns<T>(node: NodeView, netns: number, at: number, answer: () => T): T {
  return askIn(sharedOf(node, netns).before, at, at, answer);
}

/** Asks for the first reading of a namespace at a moment, an `at`, or after it, else for the last one. */
export function readingAfter(node: NodeView, netns: number, at: number): Reading | undefined {
  return askIn(sharedOf(node, netns).after, at, at, () => {
    const list = node.states.get(netns);
    return list?.[firstFrom(list, at)] ?? list?.at(-1);
  });
}

function sharedOf(node: NodeView, netns: number): Shared {
  let all = known.get(node);
  if (!all) known.set(node, all = new Map());
  let shared = all.get(netns);
  if (shared) return shared;
  const before: Timed = {
    sources: [node.statesSource, node.settingsSource],
    key: `netns ${netns}`,
    over: (from, to) => noted(null, () => overOf(node, netns, from, to)),
  };
  const after: Timed = {
    sources: [node.statesSource],
    key: `after ${netns}`,
    over: (from, to) => noted(null, () => afterOf(node, netns, from, to)),
  };
  shared = { before, after, count: 0, names: "" };
  all.set(netns, shared);
  return shared;
}

/** Readings are added and never go, so that this tells which is the first from any moment of the time on. */
function afterOf(node: NodeView, netns: number, from: number, to: number): string {
  const list = node.states.get(netns);
  if (!list) return "";
  const next = firstFrom(list, to);
  return `${firstFrom(list, from)} ${next} ${list[next]?.at ?? ""}`;
}

/** Readings are added and never go: those up to a moment are the same while they are as many. */
function overOf(node: NodeView, netns: number, from: number, to: number): string {
  const told = node.header.netns.find((entry) => entry.inode === netns);
  const header = told === undefined ? "" : `${told.name ?? ""} ${told.own ?? ""}`;
  const ends = node.endings(netns).map((end) => `${end.at} ${tellingOf(end.state)}`).join();
  const list = node.states.get(netns);
  if (!list) return `${header} ${ends}`;
  const [first] = list;
  const begin = from < first!.at ? first!.at : "";
  return `${firstAfter(list, to)} ${begin} ${header} ${ends} ${namesOf(node, netns, list)}`;
}

/** Names and holders matter for other moments than those of their readings, and are few. */
function namesOf(node: NodeView, netns: number, list: readonly Reading[]): string {
  const shared = sharedOf(node, netns);
  if (shared.count === list.length) return shared.names;
  const names: string[] = [];
  let last = { at: 0, told: "" };
  for (const { at, state } of list) {
    const told = tellingOf(state);
    // When it was last called otherwise counts, too.
    if (told !== last.told) names.push(`${last.at} ${at} ${told}`);
    last = { at, told };
  }
  shared.count = list.length;
  shared.names = names.join();
  return shared.names;
}

const tellingOf = ({ name, holder }: NetnsState): string =>
  `${name ?? ""} ${holder ? holderWords(holderNames(holder)) ?? "" : ""} ${
    holder ? JSON.stringify(holderNames(holder)) : ""
  }`;

/** Nodes of which some namespaces were not read: what they may have had, and nobody can tell. */
import type { Gap } from "../../event/gaps.ts";
import { ask } from "./asked.ts";
import { type EVER, gapOf, isSameGap, PACKET_SCRIPTS, type Span } from "./coverage.ts";
import type { NodeView } from "./timeline.ts";

/**
 * Why a node whose place is not known may have had the packet, and lost what it saw of it: events of
 * it are missing, and so is the state of some of its namespaces, which would tell what is behind it.
 */
export function halfKnown(
  nodes: readonly NodeView[],
  when: Span | typeof EVER,
): Gap | null {
  for (const node of unreadOf(nodes)) {
    const gap = gapOf(node, PACKET_SCRIPTS, when);
    if (gap === null) continue;
    return { code: gap.code, text: `it may have come to ${node.name}: ${gap.text}` };
  }
  return null;
}

/** Those of the nodes of which some namespaces were not read. */
function unreadOf(nodes: readonly NodeView[]): readonly NodeView[] {
  const [first] = nodes;
  if (!first) return [];
  const sources = [first.shared.states, first.shared.settings];
  const find = () => nodes.filter((node) => foundUnread([node]) !== null);
  return ask(sources, `unread of ${namesOf(nodes)}`, find, isSameList);
}

const isSameList = (a: readonly NodeView[], b: readonly NodeView[]): boolean =>
  a.length === b.length && a.every((node, i) => node === b[i]);

/** The list of all nodes stays the same when one joins, and is another question than its first node. */
const namesOf = (nodes: readonly NodeView[]): string =>
  nodes === nodes[0]?.shared.all ? "" : nodes.map(({ name }) => name).join("\0");

/** Why a device or address that no known node has may be some node's all the same, or null. */
export function unreadState(nodes: readonly NodeView[]): Gap | null {
  const [first] = nodes;
  if (!first) return null;
  // Which namespaces there are is a setting.
  const sources = [first.shared.states, first.shared.settings];
  return ask(sources, `unread ${namesOf(nodes)}`, () => foundUnread(nodes), isSameGap);
}

function foundUnread(nodes: readonly NodeView[]): Gap | null {
  const [{ shared }] = nodes as [NodeView];
  const version = `${shared.settings.version} ${shared.states.version}`;
  const known = unread.get(nodes);
  if (known?.version === version) return known.gap;
  const node = nodes.find(({ header, states }) =>
    header.netns.some(({ inode }) => !states.has(inode))
  );
  const gap: Gap | null = node
    ? { code: "state-unread", text: `the state of some namespaces of ${node.name} is not known` }
    : null;
  unread.set(nodes, { version, gap });
  return gap;
}

/**
 * Answers kept by list of nodes: the question comes with every packet that left, the answer is one.
 */
const unread = new WeakMap<readonly NodeView[], { version: string; gap: Gap | null }>();

/** What changed on the nodes of an incident while they were watched. Rules K1 and K2. */
import type { NetnsState } from "../../event/state.ts";
import type { NodeView } from "../view/timeline.ts";
import { differ, type Difference } from "./differ.ts";

/** A difference between two readings of a namespace, with when it was made. */
export interface Change extends Difference {
  node: NodeView;
  /** Inode of the namespace. */
  netns: number;
  /** [K2] It was made after this moment, an `at` of the node in ns. */
  after: number;
  /** And by this one, an `at` of the node in ns. */
  by: number;
  isHeard: boolean;
}

/** A monitor hears of a change at most that much later, ns, unless the node is out of breath. */
const HEARD_LATE_NS = 1e9;

/** A reading of a namespace, as the node's view has it. */
type Reading = { at: number; state: NetnsState };

/** [K1] What two readings of one namespace, one after the other, say otherwise. */
export function changesOf(nodes: readonly NodeView[]): readonly Change[] {
  const [first] = nodes;
  if (!first) return [];
  const { version } = first.shared.states;
  const before = found.get(nodes);
  if (before?.version === version) return before.changes;
  const changes = findChanges(nodes);
  found.set(nodes, { version, changes });
  return changes;
}

/** Found once while no state of a node changes. */
const found = new WeakMap<readonly NodeView[], { version: number; changes: readonly Change[] }>();

function findChanges(nodes: readonly NodeView[]): Change[] {
  const changes: Change[] = [];
  for (const node of nodes) {
    for (const [netns, readings] of node.states) {
      for (let i = 1; i < readings.length; i++) {
        changes.push(...between(node, netns, readings[i - 1]!, readings[i]!));
      }
    }
  }
  return changes;
}

function between(node: NodeView, netns: number, before: Reading, reading: Reading): Change[] {
  const { at, state } = reading;
  const read = state.untilNs === undefined ? at : atOf(node, state.untilNs);
  return differencesOf(before.state, state).map((difference) => {
    const heard = difference.isTold &&
      state.heard?.find(({ part }) => part === difference.part.heard);
    if (!heard) {
      return { ...difference, node, netns, after: before.at, by: read, isHeard: false };
    }
    const after = Math.max(before.at, atOf(node, heard.firstNs) - HEARD_LATE_NS);
    return { ...difference, node, netns, after, by: atOf(node, heard.lastNs), isHeard: true };
  });
}

const atOf = (node: NodeView, ns: string) => Number(BigInt(ns) - node.baseNs);

/** Two readings are compared once, however often a report is made of them. */
const compared = new WeakMap<NetnsState, { before: NetnsState; differences: Difference[] }>();

function differencesOf(before: NetnsState, after: NetnsState): Difference[] {
  const known = compared.get(after);
  if (known?.before === before) return known.differences;
  const differences = differ(before, after);
  compared.set(after, { before, differences });
  return differences;
}

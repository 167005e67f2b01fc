/** Which changes were made between two moments of a node. Rule K3. */
import type { NodeView } from "../view/timeline.ts";
import type { Change } from "./change.ts";

/** From one moment to another, as `at` of a node. */
export interface Stretch {
  node: NodeView;
  /** Inode of the namespace where it matters; changes there come first. */
  netns: number | undefined;
  /** An `at` of the node in ns; absent: it is not known since when. */
  from?: number;
  /** An `at` of the node in ns. */
  to: number;
}

/** A change that may have been made in the stretch. */
export interface Near {
  change: Change;
  /** How long before the end of the stretch, ns. */
  before: number;
}

/** So long before the end of a stretch, ns, where nothing says when it begins. */
const SHORT_NS = 3e9;
/** What is told of one stretch, and of a problem at several places. */
export const NEAR_MAX = 3;

/**
 * [K3] Changes of the node that were made in the stretch: those of the same namespace first, then what
 * was made last. Only where there is none, those that may have been made after it as well: much is read
 * again only after the first failure. Such a one of another namespace is not told: too much changes on a
 * node in so long a time. None is called the reason.
 */
export function changesIn(stretch: Stretch, changes: readonly Change[]): Near[] {
  const { node, netns, to } = stretch;
  const from = stretch.from ?? to - SHORT_NS;
  const isElsewhere = (change: Change) => Number(change.netns !== netns);
  const possible = changes.filter((change) =>
    change.node === node && change.after < to && change.by > from
  );
  const sure = possible.filter(({ by }) => by <= to);
  return (sure.length > 0 ? sure : possible.filter((change) => !isElsewhere(change)))
    .map((change) => ({ change, before: Math.max(0, to - change.by) }))
    .sort((a, b) =>
      isElsewhere(a.change) - isElsewhere(b.change) || a.before - b.before ||
      b.change.after - a.change.after
    )
    .slice(0, NEAR_MAX);
}

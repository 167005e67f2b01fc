/** Which of a device's queueing disciplines counted a drop as its own. */
import type { Qdisc } from "../../../event/state.ts";
import type { Case } from "../case.ts";

/** A queueing discipline, and what it dropped by itself between the first and the last reading. */
export interface Counted {
  now: Qdisc;
  /** Packets; those that its children dropped are not among them. */
  rise: number;
}

/** Of these no packet was ever in a queue. */
const QUEUELESS = new Set(["noqueue", "clsact", "ingress"]);

/**
 * Those that dropped something, the most first. A classful one counts what its children drop, too:
 * that is taken off.
 */
export function countedBy(subject: Case): Counted[] {
  const qdiscs = queuesOf(subject);
  return qdiscs.map(({ now, rise }) => {
    const below = qdiscs.filter((other) => isChildOf(other.now, now))
      .reduce((sum, child) => sum + child.rise, 0);
    return { now, rise: Math.max(rise - below, 0) };
  }).filter(({ rise }) => rise > 0).sort((a, b) => b.rise - a.rise);
}

/**
 * Those that dropped something while it was watched; where no rise was read, as where there was one
 * reading alone, those that ever did, which their children did not; else all.
 */
export function suspectsOf(subject: Case): Counted[] {
  const grown = countedBy(subject);
  if (grown.length > 0) return grown;
  const all = queuesOf(subject);
  const ever = all.filter(({ now }) =>
    now.drops > all.filter((other) => isChildOf(other.now, now))
      .reduce((sum, child) => sum + child.now.drops, 0)
  );
  return ever.length > 0 ? ever : all;
}

/** All of the device that can hold a packet, with all drops that each counted. */
export function queuesOf({ node, netns, device }: Case): Counted[] {
  const snapshots = node.states.get(netns ?? -1) ?? [];
  const first = snapshots[0]?.state.qdiscs ?? [];
  const own = (snapshots.at(-1)?.state.qdiscs ?? [])
    .filter((qdisc) => qdisc.device === device && !QUEUELESS.has(qdisc.kind));
  return own.map((now) => {
    const before = first.find((other) =>
      other.device === now.device && other.handle === now.handle && other.parent === now.parent
    );
    return { now, rise: now.drops - (before?.drops ?? 0) };
  });
}

/** `1:3` is a class of the discipline with the handle `1:`, and `:3` of one that has none (mq). */
const isChildOf = (child: Qdisc, of: Qdisc) =>
  child !== of && child.parent !== undefined &&
  child.parent.startsWith(of.handle === "0:" ? ":" : of.handle) &&
  (of.handle !== "0:" || of.parent === "root");

/** [O33] How many drops of a time a node may not have told, where that is known. */
import { ask } from "./asked.ts";
import { ANY_PACKET, DROP_SCRIPTS, lastingGapOf } from "./coverage.ts";
import { leftOutOf } from "./covered.ts";
import type { NodeView } from "./timeline.ts";
import { isIn, untoldIn } from "./untold.ts";

/**
 * So many at the most between two `at`s of the node: each event that was lost may have been one, and each
 * run of their script that the kernel left out then. Null: nobody knows how many.
 */
export const dropsUntold = (node: NodeView, from: number, to: number): number | null =>
  ask([node.coverageSource, node.gone.source], `drops untold ${from} ${to}`, () => {
    const gap = lastingGapOf(node, DROP_SCRIPTS);
    if ((gap !== null && gap.code !== "events-lost") || node.refused > 0) return null;
    if (untoldIn(node, { from, to }, ANY_PACKET, DROP_SCRIPTS) !== null) return null;
    return node.missed.filter((stretch) => isIn(stretch, { from, to }))
      .reduce((sum, stretch) => sum + leftOutOf(stretch, DROP_SCRIPTS), node.lost);
  });

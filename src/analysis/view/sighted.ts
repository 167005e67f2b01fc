/** Events as their nodes saw them. */
import type { RowBlock } from "../../event/row_block.ts";
import type { RowEvent } from "../../event/row_event.ts";
import { type NodeView, Sighting } from "./timeline.ts";

/** The sighting of each event, in their order. */
export function sighted(node: NodeView, events: readonly RowEvent[]): Sighting[] {
  const own = new Map<RowBlock, RowBlock>();
  return events.map(({ rows, from }) => {
    let its = own.get(rows);
    if (its === undefined) own.set(rows, its = rows.of(node));
    return new Sighting(its, from);
  });
}

/** Events as their nodes saw them. */
import { COLUMNS } from "../../event/columns.ts";
import type { RowBlock } from "../../event/row_block.ts";
import { RowEvent } from "../../event/row_event.ts";
import type { NodeView } from "./timeline.ts";

const TIME = COLUMNS.findIndex(({ name }) => name === "timeNs");

/** An event on its node, read from its row as long as that is. The rows are its node's. */
export class Sighting extends RowEvent {
  get node(): NodeView {
    return this.rows.owner as NodeView;
  }

  /** By the node's clock: ns since its `baseNs`. A double holds 104 days of them exactly. */
  get at(): number {
    const { rows } = this;
    const at = rows.timeAsNumber(this.from + rows.places[TIME]!) - this.node.baseAsNumber;
    return at === at ? at : Number(this.timeNs - this.node.baseNs);
  }
}

/** The sighting of each event, in their order. */
export function sighted(node: NodeView, events: readonly RowEvent[]): Sighting[] {
  const own = new Map<RowBlock, RowBlock>();
  return events.map(({ rows, from }) => {
    let its = own.get(rows);
    if (its === undefined) own.set(rows, its = rows.of(node));
    return new Sighting(its, from);
  });
}

/**
 * Which printed row a new one takes the place of. Where one node told of packets before the other,
 * the first row has half of their way: their flow begins at the node that told, and with the other's
 * events it is another flow, of another problem. A report shows the second alone, but what is printed
 * stays, and would read as two problems.
 */
import type { Conversation } from "./group.ts";
import { lookOf, type RenderOptions } from "./look.ts";
import type { Row } from "./rows.ts";

/** Conversations of a row that are looked at; those of one row have all changed together. */
const LOOKED_AT_MAX = 200;

interface Printed {
  head: string;
  ways: ReadonlySet<string>;
}

/** Wide enough for the first line of any row. */
const HEAD_COLUMNS = 400;

/** What was printed of an incident. */
export class Succession {
  #printed = new Map<string, Printed>();

  /**
   * Remembers a row as it is printed now. Returns the first line of the row that it takes the place
   * of: the first that was printed, is no longer among `ids`, those of the report, and has a flow with
   * this one in common. null: none.
   */
  print(row: Row, ids: ReadonlySet<string>, options: RenderOptions): string | null {
    const ways = waysOf(row.own);
    const replaced = this.#printed.has(row.id)
      ? []
      : [...this.#printed].filter(([id, { ways: others }]) =>
        !ids.has(id) && !others.isDisjointFrom(ways)
      );
    const look = lookOf({ ...options, colour: false, width: HEAD_COLUMNS });
    this.#printed.set(row.id, { head: row.lines(look)[0] ?? "", ways });
    for (const [id] of replaced) this.#printed.delete(id);
    return replaced[0]?.[1].head ?? null;
  }
}

/** A flow is known by its ends before they are translated, and after. */
function waysOf(own: readonly Conversation[]): Set<string> {
  return new Set(
    own.slice(0, LOOKED_AT_MAX).flatMap(({ flow, replies }) => [flow, ...replies]).flatMap((flow) =>
      [flow, ...flow.translated ? [flow.translated] : []]
        .map((ends) =>
          [flow.protocol, ends.source, ends.sourcePort, ends.destination, ends.destinationPort]
            .join(" ")
        )
    ),
  );
}

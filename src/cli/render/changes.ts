/** What changed on the nodes while they were watched, in the order of time. */
import { changePlace, changeText } from "../../words/change.ts";
import { clockInUtc } from "../../words/problem.ts";
import { boundOfNode } from "../../words/time_bound.ts";
import type { Look } from "./look.ts";
import type { Around } from "./problem.ts";
import { plural } from "./words.ts";

/** Lines of changes: of more, the last ones. */
const SHOWN_MAX = 12;

/** A headline, then one sentence for each change with the moment by which it was made. */
export function changesLines({ changes, nodes }: Around, look: Look): string[] {
  const shown = changes.slice(-SHOWN_MAX);
  const left = changes.length - shown.length;
  return [
    ...look.lines(`${plural(changes.length, "change")} of node state while watched:`, 0),
    ...left > 0 ? [`  ${look.glyph.ellipsis} ${plural(left, "earlier one")}, see --json`] : [],
    ...shown.flatMap((change) => {
      const time = clockInUtc(look.text(change.by, 40));
      const bound = look.text(boundOfNode(nodes, change.node));
      return look.lines(
        `${time}${bound === "" ? "" : ` ${bound}`} ${changeText(change, look)} ${
          changePlace(change, look)
        }`,
        2,
      );
    }),
  ];
}

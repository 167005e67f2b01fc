/** What changed on the nodes while they were watched, in the order of time. */
import type { Change } from "../../event/report.ts";
import { changePlace, changeText } from "../../words/change.ts";
import { clockInUtc } from "../../words/problem.ts";
import type { Look } from "./look.ts";
import { plural } from "./words.ts";

/** Lines of changes: of more, the last ones. */
const SHOWN_MAX = 12;

/** A headline, then one sentence for each change with the moment by which it was made. */
export function changesLines(changes: readonly Change[], look: Look): string[] {
  const shown = changes.slice(-SHOWN_MAX);
  const left = changes.length - shown.length;
  return [
    ...look.lines(`${plural(changes.length, "change")} of node state while watched:`, 0),
    ...left > 0 ? [`  ${look.glyph.ellipsis} ${plural(left, "earlier one")}, see --json`] : [],
    ...shown.flatMap((change) => {
      const time = clockInUtc(look.text(change.by, 40));
      return look.lines(`${time} ${changeText(change, look)} ${changePlace(change, look)}`, 2);
    }),
  ];
}

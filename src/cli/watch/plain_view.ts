/** Changes as lines: for pipes, logs, and terminals that can't be drawn on. */
import type { Report } from "../../event/report.ts";
import type { End } from "../../ingest/mod.ts";
import { type Look, lookOf, type RenderOptions } from "../render/mod.ts";
import type { Change } from "./follow.ts";
import { rowsOf } from "../render/rows.ts";
import { Succession } from "../render/succession.ts";
import type { View } from "./view.ts";

/** A log wraps by itself. */
const LINE_COLUMNS = 200;

/** One line of JSON for each live event, as the stream itself has it. */
export function jsonView(out: (line: string) => void, note: (text: string) => void): View {
  return {
    show(change) {
      if (change.kind !== "live") return note(noteOf(change));
      const { event, data } = change.live;
      out(JSON.stringify({ event, data }));
    },
    close() {},
  };
}

/**
 * A line for each problem that is new, begins again or is healed, and for each kind of flow when the
 * first of it comes; at the end one for each that grew. What is about none of them goes to `note`.
 */
export function plainView(
  out: (line: string) => void,
  note: (text: string) => void,
  options: RenderOptions,
): View {
  const look = lookOf({ ...options, width: LINE_COLUMNS });
  /** State and text by the id of the row, as they were told last. */
  const told = new Map<string, { state: string; text: string }>();
  const succession = new Succession();
  const tell = (report: Report, isLast: boolean) => {
    const rows = rowsOf(report);
    const ids = new Set(rows.map(({ id }) => id));
    for (const row of rows) {
      const text = row.lines(look).map((line, i) => i === 0 ? line : line.trim()).join(" ");
      const before = told.get(row.id);
      if (before?.state === row.state && !(isLast && before.text !== text)) continue;
      told.set(row.id, { state: row.state, text });
      const replaced = succession.print(row, ids, options);
      out(replaced === null ? text : `${text} (told anew, instead of: ${replaced})`);
    }
  };
  return {
    show(change) {
      if (change.kind !== "live") return note(noteOf(change));
      const { live, report } = change;
      const isWhole = ["report", "summary", "end"].includes(live.event);
      if (isWhole && report !== null) tell(report, live.event === "end");
      if (live.event === "missed") note(`${live.data.count} changes were missed`);
      if (live.event === "end") note(`incident ${endOf(live.data, look)}`);
    },
    close() {},
  };
}

/** `closed`, and where it is kept when that is known. */
export const endOf = ({ reason, archive }: End, look: Pick<Look, "text">): string =>
  archive === undefined ? reason : `${reason}, kept in ${look.text(archive, 400)}`;

/** What to say of a connection that broke or is back. */
export const noteOf = (change: Exclude<Change, { kind: "live" }>): string =>
  change.kind === "away" ? `${change.why}; trying again…` : "connected again";

/** How two readings of a namespace differ. */
import type { Change } from "../../event/report.ts";
import type { NetnsState } from "../../event/state.ts";
import { isIncomplete } from "../view/state_view.ts";
import { type Part, PARTS, type Row } from "./rows.ts";

/** One difference, or several of one kind. */
export interface Difference extends Pick<Change, "action" | "what" | "was" | "now" | "count"> {
  part: Part;
  /** The kernel told of it when it was made, if anybody listened. */
  isTold: boolean;
}

/** More of one part and action than this are told as one with their count. */
const TOLD_ONE_BY_ONE = 4;

/** All differences between two readings of one namespace, the earlier one first. */
export function differ(before: NetnsState, after: NetnsState): Difference[] {
  const [old, fresh] = [linkNames(before), linkNames(after)];
  // What goes with a device that came or went is told by the device.
  const isOfBoth = ({ device }: Row) =>
    device === undefined || (old.has(device) && fresh.has(device));
  return PARTS.flatMap((part) => {
    if (isIncomplete(before, part.needs) || isIncomplete(after, part.needs)) return [];
    return folded(differencesOf(part, before, after, isOfBoth));
  });
}

const linkNames = ({ links }: NetnsState) => new Set(links.map(({ name }) => name));

function differencesOf(
  part: Part,
  before: NetnsState,
  after: NetnsState,
  isTold: (row: Row) => boolean,
): Difference[] {
  const old = byKey(part.rows(before));
  const fresh = byKey(part.rows(after));
  const found: Difference[] = [];
  for (const [key, row] of fresh) {
    const was = old.get(key);
    if (was === undefined) {
      if (!row.comesAndGoes && isTold(row)) found.push(one(part, "added", row));
    } else if (was.value !== row.value) {
      found.push({ ...one(part, "changed", row), ...changedWords(was.value, row.value) });
    }
  }
  for (const [key, row] of old) {
    if (!row.comesAndGoes && !fresh.has(key) && isTold(row)) {
      found.push(one(part, "removed", row));
    }
  }
  return found;
}

const one = (part: Part, action: Change["action"], { what, isUnheard }: Row): Difference => ({
  part,
  action,
  what: what.trim().slice(0, 500),
  count: 1,
  isTold: part.heard !== undefined && !isUnheard,
});

/** What the two have of their own, where they are lists of words; else all of both. */
function changedWords(was: string, now: string) {
  const [old, fresh] = [was.split(", "), now.split(", ")];
  const own = old.filter((word) => !fresh.includes(word)).join(", ");
  const other = fresh.filter((word) => !old.includes(word)).join(", ");
  return { was: own.slice(0, 300), now: other.slice(0, 300) };
}

/** Rows by their keys; of rows that are alike, the second is another thing. */
function byKey(rows: readonly Row[]): Map<string, Row> {
  const found = new Map<string, Row>();
  for (const row of rows) {
    let key = row.key;
    for (let n = 2; found.has(key); n++) key = `${row.key} #${n}`;
    found.set(key, row);
  }
  return found;
}

/** Many of one part and action are one row with their count. */
function folded(differences: readonly Difference[]): Difference[] {
  return [...Map.groupBy(differences, ({ action }) => action).values()].flatMap((some) =>
    some.length <= TOLD_ONE_BY_ONE ? some : [{ ...some[0]!, count: some.length }]
  );
}

/** How objects of a list are put into lines. */
import { CLUSTER_LINE_OBJECTS_MAX } from "../event/cluster/state.ts";

/** Characters of one line, about: an ingest reads a line whole. */
const LINE_CHARS = 256 * 1024;

/** Objects of one line each time; without any one empty line. */
export function inParts<T>(objects: readonly T[]): T[][] {
  const parts: T[][] = [[]];
  let chars = 0;
  for (const object of objects) {
    const own = JSON.stringify(object).length;
    const last = parts.at(-1)!;
    const isFull = last.length >= CLUSTER_LINE_OBJECTS_MAX || chars + own > LINE_CHARS;
    if (isFull && last.length > 0) parts.push([object]);
    else last.push(object);
    chars = isFull ? own : chars + own;
  }
  return parts;
}

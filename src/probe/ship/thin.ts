/** Which lines of a batch may go first when there is no room for all. */
import { EVENT_KINDS, KINDS } from "../../event/kinds.ts";

/**
 * The kinds that the store evicts first, too. Hops are many and alike; drops, errors and lookups
 * are few, and a verdict needs them.
 */
const ORDINARY = new RegExp(
  `^(?:${EVENT_KINDS.filter((kind) => KINDS[kind].tier === "ordinary").join("|")})\\t`,
);

/** True for a tab-separated event line that goes before others where there is no room for all. */
export const isOrdinary = (line: string): boolean => ORDINARY.test(line);

/** Headers and states begin as JSON does; everything else is an event. */
const isEvent = (line: string) => line !== "" && !line.startsWith("{");

/** The same batches without their ordinary events. */
export function thinned(text: string): string {
  return text.split("\n").filter((line) => !isOrdinary(line)).join("\n");
}

/** Events that `counts` holds for, by the node of their batch. */
export function countByNode(
  text: string,
  counts: (line: string) => boolean,
): Map<string, number> {
  const byNode = new Map<string, number>();
  let node = "";
  for (const line of text.split("\n")) {
    if (line.startsWith('{"kind":"batch"')) node = nodeOf(line);
    else if (isEvent(line) && counts(line)) byNode.set(node, (byNode.get(node) ?? 0) + 1);
  }
  return byNode;
}

function nodeOf(header: string): string {
  try {
    return String(JSON.parse(header).node);
  } catch {
    return "";
  }
}

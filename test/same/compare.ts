/** Lines of two reporters, each with the other's of its name. */
import { difference } from "./difference.ts";
import type { Line } from "./line.ts";

export interface Pair {
  name: string;
  /** Null: that side has no such report. */
  here: Line | null;
  there: Line | null;
}

/**
 * Reads both sides at the same pace, so that little waits for its other; what has none comes last.
 * A name told twice by a side is an error: one of the two would be compared with nothing.
 */
export async function* paired(
  here: AsyncIterator<Line>,
  there: AsyncIterator<Line>,
): AsyncGenerator<Pair> {
  const sides = [
    { lines: here, waiting: new Map<string, Line>(), names: new Set<string>(), ended: false },
    { lines: there, waiting: new Map<string, Line>(), names: new Set<string>(), ended: false },
  ];
  while (sides.some(({ ended }) => !ended)) {
    const read = await Promise.all(sides.map(async (side) => {
      const next = side.ended ? null : await side.lines.next();
      if (next === null || next.done) side.ended = true;
      else return next.value;
    }));
    for (const [i, line] of read.entries()) {
      if (line === undefined) continue;
      const { names, waiting } = sides[i]!;
      if (names.has(line.name)) throw new Error(`"${line.name}" is told twice, must be once`);
      names.add(line.name);
      waiting.set(line.name, line);
    }
    for (const name of new Set(read.flatMap((line) => line?.name ?? []))) {
      const [own, other] = sides.map(({ waiting }) => waiting.get(name));
      if (own === undefined || other === undefined) continue;
      for (const { waiting } of sides) waiting.delete(name);
      yield { name, here: own, there: other };
    }
  }
  for (const [name, line] of sides[0]!.waiting) yield { name, here: line, there: null };
  for (const [name, line] of sides[1]!.waiting) yield { name, here: null, there: line };
}

/** How the two differ, or null when they are byte for byte the same. */
export function judge({ here, there }: Pair): string | null {
  // Also when both fail alike: that proves nothing.
  if (here !== null && "threw" in here) return `fails here: ${here.threw}`;
  if (there !== null && "threw" in there) return `fails there: ${there.threw}`;
  if (here === null) return "is not here";
  if (there === null) return "is not there";
  if (here.text === there.text && here.sha256 === there.sha256) return null;
  return difference(JSON.parse(here.text), JSON.parse(there.text)) ?? "is the same in other words";
}

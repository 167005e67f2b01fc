/** Text to lines, in groups as they arrive: one promise per chunk and not per line. */

/** A line, or what is known of one that was longer than allowed. */
export type RawLine = string | { tooLong: number };

/**
 * Splits at "\n". A line of more than `lineCharsMax` characters is skipped without being kept, and
 * comes out as its length. What follows the last "\n" is a line too, unless it is empty.
 */
export async function* splitLines(
  chunks: AsyncIterable<string>,
  lineCharsMax: number,
): AsyncGenerator<RawLine[]> {
  let rest = "";
  let skipped = 0;
  for await (const chunk of chunks) {
    const parts = chunk.split("\n");
    const lines: RawLine[] = [];
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i]!;
      const ended = i < parts.length - 1;
      if (skipped > 0 || rest.length + part.length > lineCharsMax) {
        skipped += rest.length + part.length;
        rest = "";
        if (!ended) break;
        lines.push({ tooLong: skipped });
        skipped = 0;
      } else if (ended) {
        lines.push(rest + part);
        rest = "";
      } else {
        rest += part;
      }
    }
    if (lines.length > 0) yield lines;
  }
  if (skipped > 0) yield [{ tooLong: skipped }];
  else if (rest !== "") yield [rest];
}

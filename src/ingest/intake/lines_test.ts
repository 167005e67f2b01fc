import { deepEqual } from "node:assert/strict";
import fc from "fast-check";
import { LineSplitter } from "./lines.ts";

type Line = string | { tooLong: number };

function split(chunks: readonly Uint8Array[], max: number): Line[] {
  const lines: Line[] = [];
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const splitter = new LineSplitter(max, {
    line: (bytes, from, to) => lines.push(decoder.decode(bytes.subarray(from, to))),
    tooLong: (chars) => lines.push({ tooLong: chars }),
  });
  for (const chunk of chunks) {
    splitter.push(chunk);
    // It is not theirs any more.
    chunk.fill(120);
  }
  splitter.end();
  return lines;
}

const bytesOf = (text: string) => new TextEncoder().encode(text);

Deno.test("lines are the same however their text is cut into chunks", () => {
  const piece = fc.stringMatching(/^[abé\u{1f600}\n]{0,12}$/u);
  fc.assert(
    fc.property(fc.array(piece), fc.integer({ min: 1, max: 6 }), fc.nat(9), (a, max, size) => {
      const text = a.join("");
      const expected: string[] = text.split("\n");
      if (expected.at(-1) === "") expected.pop();
      const lines = expected.map((line) => line.length > max ? { tooLong: line.length } : line);
      deepEqual(split([bytesOf(text)], max), lines);
      const bytes = bytesOf(text);
      const pieces = Array.from(
        { length: Math.ceil(bytes.length / (size + 1)) },
        (_, i) => bytes.slice(i * (size + 1), (i + 1) * (size + 1)),
      );
      deepEqual(split(pieces, max), lines);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("a line that is too long is not kept while it is skipped", () => {
  const chunks = Array.from({ length: 1000 }, () => bytesOf("x".repeat(1000)));
  deepEqual(split([...chunks, bytesOf("\nnext")], 10), [{ tooLong: 1_000_000 }, "next"]);
});

Deno.test("a byte order mark before all is left out, one inside is a part of its line", () => {
  deepEqual(split([bytesOf("\ufeffa\n\ufeffb\n")], 10), ["a", "\ufeffb"]);
});

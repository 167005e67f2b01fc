import { deepEqual } from "node:assert/strict";
import fc from "fast-check";
import { type RawLine, splitLines } from "./lines.ts";

async function split(chunks: string[], max: number): Promise<RawLine[]> {
  const source = (async function* () {
    for (const chunk of chunks) yield await Promise.resolve(chunk);
  })();
  return (await Array.fromAsync(splitLines(source, max))).flat();
}

Deno.test("lines are the same however their text is cut into chunks", async () => {
  const piece = fc.stringMatching(/^[ab\n]{0,12}$/);
  await fc.assert(
    fc.asyncProperty(fc.array(piece), fc.integer({ min: 1, max: 6 }), async (a, max) => {
      const text = a.join("");
      const expected = text.split("\n");
      if (expected.at(-1) === "") expected.pop();
      const lines = expected.map((line) => line.length > max ? { tooLong: line.length } : line);
      deepEqual(await split(a, max), lines);
      deepEqual(await split([text], max), lines);
    }),
  );
});

Deno.test("a line that is too long is not kept while it is skipped", async () => {
  const chunks = Array.from({ length: 1000 }, () => "x".repeat(1000));
  deepEqual(await split([...chunks, "\nnext"], 10), [{ tooLong: 1_000_000 }, "next"]);
});

import { deepEqual, equal, rejects } from "node:assert/strict";
import { judge, type Pair, paired } from "./compare.ts";
import { difference } from "./difference.ts";
import { type Line, linesOf } from "./line.ts";

const told = (name: string, text = "{}"): Line => ({ name, text, sha256: text });

async function pairs(here: Line[], there: Line[]): Promise<Pair[]> {
  const each = async function* (lines: Line[]) {
    yield* await Promise.resolve(lines);
  };
  return await Array.fromAsync(paired(each(here), each(there)));
}

Deno.test("same: each line meets the other side's of its name, in any order", async () => {
  const [a, b, c, d] = ["a", "b", "c", "d"].map((name) => told(name));
  deepEqual(await pairs([a!, b!, c!], [d!, c!, a!]), [
    { name: "c", here: c, there: c },
    { name: "a", here: a, there: a },
    { name: "b", here: b, there: null },
    { name: "d", here: null, there: d },
  ]);
});

Deno.test("same: a name told twice is an error", async () => {
  await rejects(pairs([told("a"), told("a")], [told("a")]), /"a" is told twice/);
});

Deno.test("same: what is missing, fails or differs in one byte is not the same", () => {
  const of = (here: Line | null, there: Line | null) => judge({ name: "a", here, there });
  const failed: Line = { name: "a", threw: "no" };
  equal(of(told("a", '{"x":1}'), told("a", '{"x":1}')), null);
  equal(of(null, told("a")), "is not here");
  equal(of(told("a"), null), "is not there");
  equal(of(failed, null), "fails here: no");
  equal(of(failed, failed), "fails here: no");
  equal(of(told("a"), failed), "fails there: no");
  equal(of(told("a", '{"x":1}'), told("a", '{"x":2}')), "$.x: 1 here, 2 there");
  equal(of(told("a", '{"x":1}'), told("a", '{"x": 1}')), "is the same in other words");
});

Deno.test("same: the first differing place is named, of keys too", () => {
  equal(difference({ a: [1, { b: "x" }] }, { a: [1, { b: "x" }] }), null);
  equal(
    difference({ a: [1, { b: "x" }] }, { a: [1, { b: "y" }] }),
    '$.a[1].b: "x" here, "y" there',
  );
  equal(difference({ a: 1, b: 2 }, { b: 2, a: 1 }), '$: "a" here, "b" there in its place');
  equal(difference([1, 2], [1]), "$[1]: 2 here, nothing there");
  equal(difference({}, { a: 1 }), '$: nothing here, 1 there as "a"');
  equal(difference({ a: [] }, { a: {} }), "$.a: [] here, {} there");
});

Deno.test("same: lines come whole from chunks cut anywhere, and a cut one is an error", async () => {
  const text = `${JSON.stringify(told("ä"))}\n${JSON.stringify(told("b"))}\n`;
  const bytes = new TextEncoder().encode(text);
  const read = (bytes: Uint8Array<ArrayBuffer>) =>
    Array.fromAsync(linesOf(ReadableStream.from([...bytes].map((byte) => Uint8Array.of(byte)))));
  deepEqual(await read(bytes), [told("ä"), told("b")]);
  await rejects(read(bytes.slice(0, -1)), /is cut/);
});

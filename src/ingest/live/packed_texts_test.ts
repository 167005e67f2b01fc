import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { gzipCompression } from "../stores/packed_segment.ts";
import { PackedTexts, TextPieces } from "./packed_texts.ts";
import { type Pack, packsOf, type Spelling } from "./packs.ts";

/** Texts of which a few hundred are more than what is kept as it is; not all are of one byte a character. */
const textOf = (id: number, version: number): Spelling => [
  `flow ${id}`,
  JSON.stringify({ id, version, path: `é→${"hop of node, ".repeat(300)}` }),
];
const IDS = 400;

const contents = (texts: PackedTexts, known: ReadonlyMap<string, string>) =>
  [...known.keys()].map((id) => texts.get(id));

/** A text set or deleted; many: those from `id` on, as one change. */
const step = fc.record({
  id: fc.nat(IDS - 1),
  count: fc.oneof(fc.constant(1), fc.nat(IDS)),
  isGone: fc.boolean(),
});

Deno.test("packed texts are what was set last, however often they are packed and taken apart", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 8 }), fc.boolean(), (steps, isPackedBefore) => {
      const texts = new PackedTexts(gzipCompression);
      const known = new Map<string, string>();
      const first = Array.from({ length: IDS }, (_, id) => textOf(id, 0));
      for (const one of first) known.set(...one);
      if (isPackedBefore) {
        for (const one of packsOf(first, gzipCompression)) {
          if ("ids" in one) texts.add(one);
          else texts.set(one);
        }
      } else for (const one of first) texts.set(one);
      texts.settle();
      for (const [version, { id, count, isGone }] of steps.entries()) {
        for (let i = id; i < Math.min(IDS, id + count); i++) {
          const [name, text] = textOf(i, version + 1);
          if (isGone) texts.delete(name);
          else texts.set([name, text]);
          if (isGone) known.delete(name);
          else known.set(name, text);
        }
        texts.settle();
        deepEqual(contents(texts, known), [...known.values()]);
        equal(texts.size, known.size);
        let [chars, bytes] = [0, 0];
        for (const text of known.values()) {
          chars += text.length;
          bytes += new TextEncoder().encode(text).length;
        }
        ok(chars <= texts.chars && texts.chars <= bytes, `${chars} ${texts.chars} ${bytes}`);
      }
    }),
    { numRuns: 15 },
  );
});

Deno.test("what is kept as it is is bounded, and packs of which most is of no use are taken apart", () => {
  const packs = new Set<Pack>();
  const texts = new PackedTexts(gzipCompression);
  const look = () => {
    packs.clear();
    let loose = 0;
    for (let id = 0; id < IDS; id++) {
      const kept = texts.kept(`flow ${id}`)!;
      if (typeof kept === "string") loose += kept.length;
      else packs.add(kept.pack);
    }
    return loose;
  };
  for (let id = 0; id < IDS; id++) texts.set(textOf(id, 0));
  for (let version = 1; version < 40; version++) {
    // Others each time: what is left of a pack grows less.
    for (let id = version % 3; id < IDS; id += 3) texts.set(textOf(id, version));
    texts.settle();
    texts.settle();
    const loose = look();
    ok(loose <= 1024 * 1024, `${loose}`);
    const there = [...packs].reduce((sum, { ids }) => sum + ids.length, 0);
    ok(there <= 2 * IDS, `${there} texts in packs for ${IDS}`);
  }
  ok(packs.size > 10, `${packs.size}`);
});

Deno.test("pieces are those of the moment when they were asked for", () => {
  const texts = new PackedTexts(gzipCompression);
  const all = Array.from({ length: IDS }, (_, id) => textOf(id, 0));
  for (const one of all) texts.set(one);
  texts.settle();
  const kept = all.map(([id]) => texts.kept(id)!);
  ok(
    kept.some((text) => typeof text === "object") && kept.some((text) => typeof text === "string"),
  );
  const pieces = new TextPieces(kept, gzipCompression);
  for (const [id] of all) texts.set([id, "{}"]);
  texts.settle();
  deepEqual([...pieces], all.map(([, text]) => text));
  equal(pieces.joined(), all.map(([, text]) => text).join(""));
});

Deno.test("where nothing compresses, texts stay as they are", () => {
  const texts = new PackedTexts(null);
  const all = Array.from({ length: IDS }, (_, id) => textOf(id, 0));
  for (const one of all) texts.set(one);
  texts.settle();
  ok(all.every(([id, text]) => texts.kept(id) === text));
});

import { deepEqual, equal, ok } from "node:assert/strict";
import { joinBytes } from "../../event/bytes.ts";
import { encoded } from "./encoded.ts";
import { TextPieces } from "./packed_texts.ts";
import type { Pieces } from "./pieces.ts";

const TEXTS = Array.from({ length: 300 }, (_, i) => `"${String(i).repeat(500)}é"`);
const WHOLE = `id: 7\nevent: report\ndata: ${TEXTS.join("")}\n\n`;

/** Says how many of its texts somebody has read. */
class ReadTexts extends TextPieces {
  read = 0;

  override at(index: number): string {
    this.read += 1;
    return super.at(index);
  }

  override *[Symbol.iterator](): Generator<string> {
    for (let i = 0; i < this.texts.length; i++) yield this.at(i);
  }
}

const messageOf = (pieces: TextPieces) => ({ id: "7", event: "report", data: "", pieces });

function piecesOf(pieces: Pieces, from = 0): Uint8Array<ArrayBuffer>[] {
  const all: Uint8Array<ArrayBuffer>[] = [];
  for (let i = from; pieces.has(i); i++) all.push(pieces.at(i)!);
  return all;
}

const textOf = (pieces: readonly Uint8Array[]): string =>
  new TextDecoder().decode(joinBytes(pieces));

Deno.test("a report is encoded as far as somebody has read it, once for all who do", () => {
  const texts = new ReadTexts(TEXTS, null);
  const message = messageOf(texts);
  const [first, second] = [encoded(message), encoded(message)];
  equal(first, second);
  const begin = first.at(0)!;
  ok(texts.read < TEXTS.length / 10, `${texts.read} texts of ${TEXTS.length} were read`);
  equal(second.at(0), begin);
  const all = piecesOf(second);
  ok(all.every(({ length }) => length > 0 && length <= 8192));
  equal(textOf(all), WHOLE);
  equal(texts.read, TEXTS.length);
  deepEqual([first.at(all.length), first.has(all.length)], [undefined, false]);
});

Deno.test("of a large report the last bytes alone are kept, and whoever comes later is told the same", () => {
  const many = Array.from({ length: 40 }, () => TEXTS).flat();
  const texts = new ReadTexts(many, null);
  const pieces = encoded(messageOf(texts));
  const all = piecesOf(pieces);
  const readOnce = texts.read;
  ok(pieces.bytes < 1.1 * texts.bytes + 4 * 1024 * 1024);
  deepEqual(pieces.at(3), all[3]);
  ok(texts.read > readOnce, "its first bytes were kept");
  deepEqual(textOf(piecesOf(pieces)), textOf(all));
  deepEqual(piecesOf(pieces, all.length - 5), all.slice(-5));
});

Deno.test("events that belong together are written one after the other, however many", () => {
  for (const count of [1, 300, 12_000]) {
    const together = Array.from(
      { length: count },
      (_, i) => ({ id: `${i}`, event: "flow", data: TEXTS[i % 300]! }),
    );
    const pieces = encoded({ event: "items", data: "", together });
    const written = together.map(({ id, data }) => `id: ${id}\nevent: flow\ndata: ${data}\n\n`);
    for (let read = 0; read < 2; read++) equal(textOf(piecesOf(pieces)), written.join(""));
    ok(piecesOf(pieces).every(({ length }) => length <= 8192));
  }
});

Deno.test("what a viewer was given stays what it is, whatever others take or do with theirs", () => {
  const many = Array.from({ length: 40 }, () => TEXTS).flat();
  const pieces = encoded(messageOf(new ReadTexts(many, null)));
  const mine = pieces.at(0)!;
  const before = mine.slice();
  const theirs = pieces.at(0)!;
  structuredClone(theirs, { transfer: [theirs.buffer] });
  piecesOf(pieces);
  deepEqual(mine, before);
  deepEqual(pieces.at(0), before);
});

Deno.test("a message whose bytes a stream has taken is made anew for the next viewer", () => {
  const message = { event: "changes", data: "x".repeat(20_000) };
  const taken = encoded(message);
  structuredClone(taken.at(0), { transfer: [taken.at(0)!.buffer] });
  const again = encoded(message);
  ok(again !== taken && again.at(0)!.length > 0);
});

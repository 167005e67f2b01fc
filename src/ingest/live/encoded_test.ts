import { deepEqual, equal, ok } from "node:assert/strict";
import { encoded } from "./encoded.ts";
import { TextPieces } from "./packed_texts.ts";

const TEXTS = Array.from({ length: 300 }, (_, i) => `"${String(i).repeat(500)}é"`);

/** Says how many of its texts somebody has read. */
class ReadTexts extends TextPieces {
  read = 0;

  override *[Symbol.iterator](): Generator<string> {
    for (const text of this.texts as string[]) {
      this.read += 1;
      yield text;
    }
  }
}

Deno.test("a report is encoded as far as somebody has read it, once for all who do", () => {
  const pieces = new ReadTexts(TEXTS, null);
  const message = { id: "7", event: "report", data: "", pieces };
  const [first, second] = [encoded(message), encoded(message)];
  equal(first, second);
  const begin = first.at(0)!;
  ok(pieces.read < TEXTS.length / 10, `${pieces.read} texts of ${TEXTS.length} were read`);
  equal(second.at(0), begin);
  const all: Uint8Array[] = [];
  for (let i = 0, piece; (piece = second.at(i)) !== undefined; i++) all.push(piece);
  equal(pieces.read, TEXTS.length);
  const whole = new TextDecoder().decode(Uint8Array.from(all.flatMap((one) => [...one])));
  deepEqual(whole, `id: 7\nevent: report\ndata: ${TEXTS.join("")}\n\n`);
  equal(first.at(all.length), undefined);
});

Deno.test("a message whose bytes a stream has taken is made anew for the next viewer", () => {
  const message = { event: "changes", data: "x".repeat(20_000) };
  const taken = encoded(message);
  structuredClone(taken.at(0), { transfer: [taken.at(0)!.buffer] });
  const again = encoded(message);
  ok(again !== taken && again.at(0)!.length > 0);
});

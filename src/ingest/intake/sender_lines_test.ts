/** What senders of one body sent, however the body comes. */
import { deepEqual, ok, throws } from "node:assert/strict";
import fc from "fast-check";
import { LineSplitter } from "./lines.ts";
import { SENDER_LINE, SenderLines } from "./sender_lines.ts";

const LINE_CHARS_MAX = 120;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

const senderLine = (token: string) =>
  `${SENDER_LINE},"version":1,"incident":"i","token":"${token}"}`;

/** The lines of each sender, read from pieces of a body of these sizes at most. */
function read(body: string, pieceMax: number): SenderLines {
  const senders = new SenderLines();
  const splitter = new LineSplitter(LINE_CHARS_MAX, senders);
  const bytes = encoder.encode(body);
  const buffer = new Uint8Array(pieceMax);
  for (let at = 0; at < bytes.length; at += pieceMax) {
    const piece = bytes.subarray(at, at + pieceMax);
    // Who gives a piece may write into it afterwards.
    buffer.set(piece);
    splitter.push(buffer.subarray(0, piece.length));
    senders.keep();
    buffer.fill(0);
  }
  splitter.end();
  senders.keep();
  return senders;
}

const told = ({ sent }: SenderLines) =>
  sent.map(({ sender, bytes }) => [sender.token, bytes.map((one) => decoder.decode(one)).join("")]);

Deno.test("senders have their lines, wherever the pieces of the body end", () => {
  const line = fc.string({ unit: "grapheme", maxLength: 30 }).map((text) =>
    text.replaceAll("\n", " ")
  );
  const long = fc.constant("x".repeat(LINE_CHARS_MAX + 1));
  const lines = fc.array(fc.oneof({ weight: 9, arbitrary: line }, long), { maxLength: 6 });
  const senders = fc.array(fc.tuple(fc.stringMatching(/^[a-z]{1,8}$/), lines), { minLength: 1 });
  fc.assert(fc.property(senders, fc.integer({ min: 1, max: 300 }), (sent, pieceMax) => {
    const body = sent.flatMap(([token, own]) => [senderLine(token), ...own]).join("\n") + "\n";
    const kept = (text: string) => text.length > LINE_CHARS_MAX ? " ".repeat(text.length) : text;
    deepEqual(
      told(read(body, pieceMax)),
      sent.map(([token, own]) => [token, own.map((text) => `${kept(text)}\n`).join("")]),
    );
  }));
});

Deno.test("a sender's lines are kept by stretches of the body, not one by one", () => {
  const lines = Array.from({ length: 10_000 }, (_, i) => `device-rx\t${i}\t0`);
  const body = [senderLine("a"), ...lines, senderLine("b"), ...lines, ""].join("\n");
  const { sent } = read(body, 64 * 1024);
  const pieces = Math.ceil(body.length / (64 * 1024));
  const stretches = sent.reduce((sum, { bytes }) => sum + bytes.length, 0);
  // A line that two pieces share is one of its own, and each stretch has its end beside it.
  ok(stretches <= 4 * pieces + 4, `${stretches} stretches of ${pieces} pieces`);
  throws(() => read("device-rx\n", 10), { code: "relayed_malformed" });
});

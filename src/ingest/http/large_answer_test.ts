import { equal, rejects } from "node:assert/strict";
import { FakeClock } from "../../../test/contract/fake_clock.ts";
import { type Clock, systemClock } from "../clock.ts";
import { BodySlots } from "./body_slots.ts";
import { gathered, heldAnswer, piecesOf, textAnswer } from "./large_answer.ts";

const sending = (slots: BodySlots, clock: Clock = systemClock) => ({
  slots,
  token: "a",
  isHead: false,
  clock,
  pieceMs: 60_000,
});
const bytes = (stream: unknown) => new Response(stream as ReadableStream).text();

Deno.test("large answer: pieces part no character, and make up the text", async () => {
  const text = `${"x".repeat(32 * 1024 - 1)}${"\u{1f525}".repeat(70_000)}y`;
  equal([...piecesOf(text)].join(""), text);
  for (const piece of piecesOf(text)) equal(piece.isWellFormed(), true);
  equal(await bytes(await textAnswer([text], sending(new BodySlots(1, 1, "sent")))), text);
  equal(await textAnswer(["sm", "all"], sending(new BodySlots(0, 0, "sent"))), "small");
});

Deno.test("large answer: small texts are sent as few pieces, a large one as several, in their order", async () => {
  const texts = ["[", ...Array.from({ length: 40_000 }, (_, i) => `{"id":"${i}"},`), ""];
  texts.splice(100, 0, "\u{1f525}".repeat(20_000));
  const pieces = [...gathered(texts)];
  equal(pieces.join(""), texts.join(""));
  const chars = texts.join("").length;
  equal(pieces.every((piece) => piece.length <= 32 * 1024 + 1 && piece.isWellFormed()), true);
  equal(pieces.length <= 2 * chars / (32 * 1024) + 3, true, `${pieces.length} pieces`);
  const sent = await textAnswer(texts, sending(new BodySlots(1, 1, "sent")));
  equal(await bytes(sent), texts.join(""));
});

Deno.test("large answer: it counts until it was read, was left, or failed", async () => {
  const slots = new BodySlots(1, 1, "sent");
  const open = () => heldAnswer(() => new Blob(["x"]).stream(), sending(slots));
  const first = await open();
  await rejects(open(), /Cannot send body: 1 are being sent/);
  const never = () => {
    throw new Error("it was opened");
  };
  await rejects(heldAnswer(never, sending(slots)), /Cannot send body/);
  equal(await bytes(first), "x");
  await (await open() as ReadableStream).cancel();
  const failing = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: () => Promise.reject(new Error("the disk failed")),
  });
  await rejects(bytes(await heldAnswer(() => failing, sending(slots))), /the disk failed/);
  // Nobody reads the answer to HEAD.
  const head = { ...sending(slots), isHead: true };
  equal(await heldAnswer(() => failing, head), "");
  equal(await bytes(await open()), "x");
});

Deno.test("large answer: a reader that takes no further piece is cut off, a slow one is not", async () => {
  const clock = new FakeClock();
  const slots = new BodySlots(1, 1, "sent");
  let isLeft = false;
  const source = () =>
    new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull: (controller) => controller.enqueue(new Uint8Array(10)),
      cancel: () => void (isLeft = true),
    }, { highWaterMark: 0 });
  const answer = await heldAnswer(source, sending(slots, clock)) as ReadableStream<Uint8Array>;
  const reader = answer.getReader();
  for (let piece = 0; piece < 5; piece++) {
    equal((await reader.read()).value?.length, 10);
    await clock.advance(59_000);
  }
  await rejects(heldAnswer(source, sending(slots, clock)), /Cannot send body/);
  await clock.advance(1_000);
  await rejects(reader.read(), /took nothing for 60 s/);
  equal(isLeft, true);
  const next = await heldAnswer(source, sending(slots, clock)) as ReadableStream<Uint8Array>;
  await next.cancel();
});

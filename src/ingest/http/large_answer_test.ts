import { equal, rejects } from "node:assert/strict";
import { BodySlots } from "./body_slots.ts";
import { heldAnswer, piecesOf, textAnswer } from "./large_answer.ts";

const sending = (slots: BodySlots) => ({ slots, token: "a", isHead: false });
const bytes = (stream: unknown) => new Response(stream as ReadableStream).text();

Deno.test("large answer: pieces part no character, and make up the text", async () => {
  const text = `${"x".repeat(32 * 1024 - 1)}${"\u{1f525}".repeat(70_000)}y`;
  equal([...piecesOf(text)].join(""), text);
  for (const piece of piecesOf(text)) equal(piece.isWellFormed(), true);
  equal(await bytes(await textAnswer(text, sending(new BodySlots(1, 1, "sent")))), text);
  equal(await textAnswer("small", sending(new BodySlots(0, 0, "sent"))), "small");
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

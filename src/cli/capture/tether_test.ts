import { equal } from "node:assert/strict";
import { tetherLost } from "./tether.ts";

/** A line whose other end is in the test's hand. */
function line(): { input: ReadableStream<Uint8Array>; hand: WritableStreamDefaultWriter } {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  return { input: readable, hand: writable.getWriter() };
}

Deno.test("a tether holds while somebody writes, and ends with its line", async () => {
  const { input, hand } = line();
  let why = "";
  const lost = tetherLost(input, 60_000).then((text) => why = text);
  for (let beat = 0; beat < 3; beat++) await hand.write(new Uint8Array([10]));
  equal(why, "");
  await hand.close();
  await lost;
  equal(why, "whoever started this let go of it");
});

Deno.test("a tether is lost when nobody writes, though its line is open", async () => {
  const { input, hand } = line();
  const lost = tetherLost(input, 20);
  equal(await lost, "whoever started this was silent for 0.02 s");
  void hand;
});

Deno.test("a tether that breaks is lost", async () => {
  const { input, hand } = line();
  const lost = tetherLost(input, 60_000);
  await hand.abort(new Error("reset"));
  equal(await lost, "the line to whoever started this broke");
});

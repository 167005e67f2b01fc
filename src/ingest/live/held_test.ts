import { deepEqual, equal } from "node:assert/strict";
import { HeldMessages, type Holder } from "./held.ts";
import type { Pieces } from "./pieces.ts";

const message = (bytes: number): Pieces => ({
  ...{ bytes, areWhole: true },
  at: () => undefined,
  has: () => false,
});

function setUp(liveBytesMax: number, livePerTokenBytesMax: number) {
  const held = new HeldMessages({ liveBytesMax, livePerTokenBytesMax });
  const cut: string[] = [];
  const holder = (name: string, token = name): Holder => ({ token, cut: () => cut.push(name) });
  return { held, cut, holder };
}

Deno.test("held: a message counts once, however many hold it, and is free after the last", () => {
  const { held, cut, holder } = setUp(100, 100);
  const one = message(90);
  const viewers = [holder("a"), holder("b"), holder("c", "b")];
  for (const viewer of viewers) held.begin(one, viewer);
  equal(held.bytes, 90);
  held.end(one, viewers[0]!);
  held.end(one, viewers[1]!);
  held.end(one, viewers[1]!);
  equal(held.bytes, 90);
  held.end(one, viewers[2]!);
  deepEqual([held.bytes, cut], [0, []]);
});

Deno.test("held: past the bound those go who have held something for longest", () => {
  const { held, cut, holder } = setUp(100, 1000);
  for (let i = 1; i <= 5; i++) held.begin(message(40), holder(`v${i}`));
  deepEqual([held.bytes, cut, held.cutOff], [80, ["v1", "v2", "v3"], 3]);
});

Deno.test("held: one token's viewers go for each other's messages, and for nobody else's", () => {
  const { held, cut, holder } = setUp(1000, 100);
  const shared = message(60);
  held.begin(shared, holder("good"));
  held.begin(shared, holder("bad1", "bad"));
  held.begin(message(60), holder("bad2", "bad"));
  held.begin(message(60), holder("bad3", "bad"));
  deepEqual(cut, ["bad1", "bad2"]);
  equal(held.bytes, 120, "what the other one holds is still there");
});

Deno.test("held: one message is allowed, whatever its size", () => {
  const { held, cut, holder } = setUp(10, 10);
  const large = message(1000);
  held.begin(large, holder("a", "t"));
  held.begin(large, holder("b", "t"));
  deepEqual([held.bytes, cut], [1000, []]);
});

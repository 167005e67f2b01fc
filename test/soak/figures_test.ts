/** What a soak compares and writes, without a kernel. */
import { deepEqual, equal, match, throws } from "node:assert/strict";
import { body, dropLine, hopLine } from "../contract/lines.ts";
import { batchesIn, compare } from "./batches.ts";
import { placed } from "./figures.ts";

const one = body({ sequence: 1 }, hopLine(1), dropLine(2));
const two = body({ sequence: 2 }, hopLine(3));
const three = body({ sequence: 3 }, hopLine(4));

const acknowledged = async (...texts: string[]) =>
  new Map((await batchesIn(texts.join(""))).map((batch) => [batch.key, batch]));

Deno.test("soak: what was acknowledged must be archived once, with its events", async () => {
  const all = await acknowledged(one, two, three);
  const whole = await compare(all, one + two + three);
  deepEqual([whole.lost, whole.twice, whole.altered, whole.complaints], [0, 0, 0, []]);
  equal(whole.events, 4);
  const swapped = one.trimEnd().split("\n");
  const order = [swapped[0], swapped[2], swapped[1], ""].join("\n");
  deepEqual((await compare(all, order + two + three)).complaints, []);

  equal((await compare(all, one + three)).lost, 1);
  match((await compare(all, one + three)).complaints.join(), /is gone.*lacks 1 batches/);
  equal((await compare(all, one + two + two + three)).twice, 1);
  const other = body({ sequence: 2 }, hopLine(9));
  equal((await compare(all, one + other + three)).altered, 1);
});

Deno.test("soak: figures go between their marks, and nowhere else", () => {
  const marks = "<!-- soak: written by `deno task soak --write` -->\nold\n<!-- /soak -->";
  const document = `before\n${marks}\nafter\n`;
  const once = placed(document, "new");
  match(once, /^before\n<!-- soak: .* -->\n\nnew\n\n<!-- \/soak -->\nafter\n$/);
  equal(placed(once, "new"), once);
  throws(() => placed("nothing", "new"), /has no/);
});

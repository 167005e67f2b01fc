import { deepEqual, equal, ok } from "node:assert/strict";
import { noted, Questions } from "../view/asked.ts";
import { Collected, Foremost } from "./gathered.ts";

Deno.test("[D5] the foremost of a key goes with the last part that brings one, also when nobody asks", () => {
  const least = new Foremost<number>((a, b) => a < b);
  const [one, other] = [{}, {}];
  least.bring(one, new Map([["a", 1], ["b", 5]]));
  least.bring(other, new Map([["b", 3]]));
  const asked = new Questions();
  noted(asked, () => least.get("a"));
  least.bring(one, new Map());
  ok(!asked.hold());
  equal(least.get("a"), undefined);
  deepEqual([...least.all], [["b", 3]]);
  least.bring(other, new Map());
  deepEqual([...least.all], []);
  least.bring(one, new Map([["b", 7]]));
  equal(least.get("b"), 7);
});

Deno.test("[D5] what was gathered of a key and is gone is another thing when it comes again", () => {
  const all = new Collected<string>();
  const part = {};
  all.bring(part, new Map([["a", "first"]]));
  const asked = new Questions();
  equal(noted(asked, () => all.get("a"))[0], "first");
  all.bring(part, new Map());
  all.bring(part, new Map([["a", "second"]]));
  ok(!asked.hold());
  deepEqual(all.get("a"), ["second"]);
});

import { deepEqual, equal } from "node:assert/strict";
import type { Report } from "../../event/report.ts";
import { Roll } from "./roll.ts";

const PLACES = [{ name: "alpha" }, { name: "beta" }];
const seen = (...names: string[]) =>
  ({
    nodes: names.map((name) => ({
      ...{ name, scripts: [{ name: "drop", state: "attached" }], netns: [] },
    })),
  }) as unknown as Report;

Deno.test("a roll tells each probe once when it sees, and who is slow", () => {
  const roll = new Roll(PLACES);
  equal(roll.reported(seen("alpha", "stranger"), 1_000).length, 1);
  deepEqual(roll.reported(seen("alpha"), 2_000), []);
  equal(roll.isSettled, false);
  deepEqual(roll.reported(seen("alpha"), 31_000), ["! beta has not reported after 30 s, waiting…"]);
  equal(roll.reported(seen("alpha", "beta"), 40_000).length, 1);
  equal(roll.isSettled, true);
  deepEqual(roll.missing, []);
});

Deno.test("a probe that ended is missing, whether it saw or not, and its words are text", () => {
  const roll = new Roll(PLACES);
  roll.reported(seen("alpha"), 1_000);
  const end = (said: string) => ({ isWell: false, said });
  equal(roll.ended(PLACES[0]!, end("killed")), "! alpha sees no more: killed");
  const hostile = roll.ended(PLACES[1]!, end("no\u001b[2Jroot"));
  equal(hostile.includes("\u001b"), false);
  equal(roll.seeing, 0);
  deepEqual(roll.missing, ["alpha", "beta"]);
});

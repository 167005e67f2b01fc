import { deepEqual, equal } from "node:assert/strict";
import { FakeClock } from "../../../test/contract/fake_clock.ts";
import { Speakers } from "./speakers.ts";

function heardFrom(probes: number) {
  const clock = new FakeClock();
  const speakers = new Speakers(clock);
  const speak = () => {
    for (let i = 0; i < probes; i++) speakers.note("i", `p${i}`);
  };
  speak();
  return { clock, speakers, speak };
}

Deno.test("few probes speak as before, many the more seldom the more they are, up to ten seconds", () => {
  const quiet = [1, 60, 200, 500, 1_000, 30_000].map((n) => heardFrom(n).speakers.quietMs("i"));
  deepEqual(quiet, [0, 0, 3_000, 7_500, 10_000, 10_000]);
  equal(heardFrom(1_000).speakers.quietMs("other"), 0);
});

Deno.test("probes that speak each ten seconds are still many, and those that left are not", async () => {
  const { clock, speakers, speak } = heardFrom(1_000);
  for (let i = 0; i < 6; i++) {
    await clock.advance(10_000);
    speak();
    equal(speakers.quietMs("i"), 10_000);
  }
  for (let i = 0; i < 5; i++) {
    await clock.advance(10_000);
    speakers.note("i", "p1");
  }
  equal(speakers.quietMs("i"), 0);
});

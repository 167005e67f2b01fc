/**
 * [O22] A bpftrace that runs is asked to tell less, on each that we can get, and goes on counting. Needs root;
 * skipped without.
 */
import { deepStrictEqual as equal, match, ok } from "node:assert/strict";
import { everyBinary } from "../../../test/bpftrace/debian.ts";
import { Pair } from "../../../test/bpftrace/pair.ts";
import { sideBySide } from "../../../test/side_by_side.ts";
import { readCapability } from "../kernel/capability.ts";
import { startBpftrace } from "./bpftrace.ts";
import { kernelOptions } from "./kernel_options.ts";
import { newMix } from "./counting.ts";
import { newPressing, press, RENAME_POINT } from "./pressing.ts";
import { loadSources, render } from "./render.ts";

const ignore = Deno.uid() !== 0;

const binaries = ignore ? [] : await everyBinary();

sideBySide(
  "[O22] pressing each bpftrace",
  ignore,
  binaries.map((binary) => [{
    name: `[O22] it tells less when it is asked by a name that nobody else knows, ${binary}`,
    fn: () => tellsLess(binary),
  }]),
);

const BUDGET = { eventsPerSecond: 1_000, saved: { hop: 1_000, rare: 1_000 } };

/** Says each tenth of a second what it was asked for, and counts readings as ever. */
const SAY = `interval:ms:100 { printf("pressed\\t%lld\\n", @pressed[0]); }\n`;

async function tellsLess(binary: string): Promise<void> {
  const capability = await readCapability(binary);
  ok(capability.tracepoints.has(RENAME_POINT), "this kernel tells of no names");
  const pair = await Pair.create("lhpr");
  const pressing = newPressing(BUDGET);
  match(pressing.word, /^[a-z]{13}$/);
  equal(pressing.steps, 2);
  const { program } = render(await loadSources(), {
    ...kernelOptions(capability),
    netns: pair.netns,
    filter: "$op == 1",
    follow: false,
    tunnelPorts: { vxlan: [], geneve: [], fou: [] },
    budget: BUDGET,
    pressing,
    counters: newMix(),
  });
  let said = 0;
  let wake = () => {};
  const readings: number[] = [];
  const run = await startBpftrace({
    program: program + SAY,
    version: capability.bpftrace!,
    binary,
    onLost() {},
    onLine(line) {
      const [word, number = "", reading = ""] = line.split("\t");
      if (word === "G") readings.push(Number(reading));
      if (word === "pressed") said = Number(number);
      wake();
    },
  });
  const until = async (holds: () => boolean) => {
    while (!holds()) {
      const news = Promise.withResolvers<void>();
      wake = news.resolve;
      await news.promise;
    }
  };
  try {
    await run.ready;
    await until(() => readings.length > 0);
    equal(said, 0);
    const other = { ...pressing, word: newPressing(BUDGET).word };
    // Were it heard, it would be the step in force.
    ok(await press(other, 2));
    ok(await press(pressing, 1));
    await until(() => said > 0);
    equal(said, 1, "a name that it does not know was taken for one");
    ok(await press(pressing, 2));
    await until(() => said === 2);
    // What was asked for before is no way back.
    ok(await press(pressing, 1));
    const { length } = readings;
    await until(() => readings.length > length + 1);
    equal(said, 2);
    equal(await press(pressing, 3), false, "there is no such step");
    equal(readings, readings.map((_, i) => i), "it counts on");
  } finally {
    await run.stop();
    await pair.remove();
  }
}

/**
 * [O22] Where what is told is read too late, less is told, on each bpftrace that we can get; and as much as
 * before once it is read in time. Needs root; skipped without.
 */
import { deepStrictEqual as equal, ok } from "node:assert/strict";
import { everyBinary } from "../../../test/bpftrace/debian.ts";
import { Pair } from "../../../test/bpftrace/pair.ts";
import { sideBySide } from "../../../test/side_by_side.ts";
import { readCapability } from "../kernel/capability.ts";
import { createDecoder, type Ranks } from "../read/decode.ts";
import { startBpftrace } from "./bpftrace.ts";
import { kernelOptions } from "./kernel_options.ts";
import { monotonicClock } from "../state/mod.ts";
import { loadSources, render } from "./render.ts";

const ignore = Deno.uid() !== 0;

/** Seven seconds of pings, 500 a second: some 2,000 events a second. */
const PINGS = 3_500;
/** Some 10,000 events at once, more than a second's budget and less than what is saved. */
const READ = 2_000;
/** From here on what is told counts as read late, ns (`bpf/lib/late.bt`). */
const LATE_NS = 1_500_000_000n;
/** Four seconds of few, 25 a second, and then as many at once as are less than a third of a second's budget. */
const FEW = 100;
const FEW_APART = 0.04;
const AT_ONCE = 400;
/** Ticks of two seconds: by then each processor's buffer was read, also beside other work. */
const READ_TICKS = 20;
/** A quarter of what may be told, so that all is; and twice what may be told once it is six seconds late. */
const BUDGET = { eventsPerSecond: 8_000, saved: { hop: 80_000, rare: 40_000 } };
/** Ticks of a minute, in which it has to be as before. */
const TICKS_MAX = 600;

const binaries = ignore ? [] : await everyBinary();

sideBySide(
  "[O22] what is read too late",
  ignore,
  binaries.map((binary) => [
    {
      name: `[O22] less is told where it is read too late, ${binary}`,
      fn: () => tellsLess(binary),
    },
  ]),
);

async function tellsLess(binary: string): Promise<void> {
  const pair = await Pair.create("lhlate");
  const capability = await readCapability(binary);
  const { program } = render(await loadSources(), {
    ...kernelOptions(capability),
    ...{ netns: pair.netns, filter: "1", follow: false, conntrack: null },
    ...{ counters: null, budget: BUDGET },
    tunnelPorts: { vxlan: [], geneve: [], fou: [] },
  });
  const ticks: Ranks[] = [];
  let tickNs = 0n;
  let lateNs = 0n;
  const clock = monotonicClock();
  let heard = () => {};
  const decoder = createDecoder({
    onEvent() {},
    onReading() {},
    onRefused() {},
    onTick(timeNs, inForce) {
      tickNs = timeNs;
      const late = clock()! - timeNs;
      if (late > lateNs) lateNs = late;
      if (inForce !== undefined) ticks.push(inForce);
      heard();
    },
    reasonName: String,
  });
  const until = async (holds: () => boolean) => {
    while (!holds()) await new Promise<void>((resolve) => heard = resolve);
  };
  const run = await startBpftrace({
    ...{ program, binary, version: capability.bpftrace ?? undefined },
    onLine: (line) => decoder.line(line),
    onLost() {},
  });
  try {
    await run.ready;
    await until(() => ticks.length > 0);
    const mostSince = async (from: number) => {
      const nowNs = monotonicClock()()!;
      await until(() => tickNs > nowNs);
      return Math.max(...ticks.slice(from).map(({ rank }) => rank));
    };
    // More than a second's budget, and read in time.
    await pair.flood(READ, 1);
    const most = await mostSince(0);
    // A machine that is busy with something else reads it late, as this one does below on purpose.
    if (lateNs < LATE_NS) equal(most, 0, "all may be told");
    // Read late, but less than that waits: the buffers hold it.
    const before = ticks.length;
    await until(() => ticks.length > before + READ_TICKS);
    const few = ticks.length;
    // What a busy machine read late before keeps the budget small for a while.
    const wasLate = lateNs >= LATE_NS;
    Deno.kill(run.pid, "SIGSTOP");
    await pair.ping(FEW, FEW_APART);
    await pair.flood(AT_ONCE, 1);
    Deno.kill(run.pid, "SIGCONT");
    const mostOfFew = await mostSince(few);
    if (!wasLate) equal(mostOfFew, 0, "some were left out of what the buffers hold");
    const many = ticks.length;
    Deno.kill(run.pid, "SIGSTOP");
    await pair.ping(PINGS);
    Deno.kill(run.pid, "SIGCONT");
    ok(await mostSince(many) > 0, "as much was told as if it were read");
    await until(() => ticks.at(-1)!.rank === 0 || ticks.length > TICKS_MAX);
    equal(ticks.at(-1)!.rank, 0, "it is read in time again");
  } finally {
    await run.stop();
    await pair.remove();
  }
}

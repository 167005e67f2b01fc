/** bpftrace compiles before others, and is an ordinary process when it is attached. Needs root. */
import { equal } from "node:assert/strict";
import { startBpftrace } from "./bpftrace.ts";

/** The heartbeat alone, ten times a second. */
const PROGRAM = 'interval:ms:100 { printf("t\\t%lld\\n", nsecs); }\n';

/** Ticks after the first until it is an ordinary process: `renice` has to start beside other work. */
const TICKS_MAX = 100;

/** The nice value of a process, by the kernel. */
function niceOf(pid: number | "self"): number {
  const text = Deno.readTextFileSync(`/proc/${pid}/stat`);
  return Number(text.slice(text.lastIndexOf(")") + 2).split(" ")[16]);
}

/** Tests that were started as what gives way start a bpftrace that does, too. */
const ignore = Deno.uid() !== 0 || niceOf("self") !== 0;

Deno.test({
  name: "bpftrace goes before others until it is attached, and no longer",
  ignore,
  async fn() {
    const seen: number[] = [];
    const ordinary = Promise.withResolvers<void>();
    const run = await startBpftrace({
      program: PROGRAM,
      onLine() {
        seen.push(niceOf(run.pid));
        if (seen.at(-1) === 0 || seen.length > TICKS_MAX) ordinary.resolve();
      },
      onLost() {},
    });
    try {
      await run.ready;
      await ordinary.promise;
    } finally {
      await run.stop();
    }
    // What is told of the first tick is told before anybody is told that it is attached.
    equal(seen[0], -10);
    equal(seen.at(-1), 0);
  },
});

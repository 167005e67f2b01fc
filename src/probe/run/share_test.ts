import { equal, match, rejects } from "node:assert/strict";
import { COUNTERS_MAX } from "../../event/counters_max.ts";
import { startBpftrace } from "./bpftrace.ts";
import { countersOf, mapKeysFor } from "./counting.ts";
import { CpuMeter, cpuMsOf, DEFAULT_SHARE, memoryWords, readShare } from "./share.ts";

Deno.test("a burst within the window is allowed, a steady use above the share is told", () => {
  const burst = new CpuMeter(DEFAULT_SHARE);
  equal(burst.sample(0, 1_200), null);
  equal(burst.sample(11_000, 12_200), null);
  for (let s = 12; s < 600; s++) equal(burst.sample(s * 1_000, 12_200 + s), null);

  const steady = new CpuMeter(DEFAULT_SHARE);
  let told: string | null = null;
  let s = 0;
  for (; told === null && s < 600; s++) told = steady.sample(s * 1_000, s * 210);
  equal(s - 1, 58);
  match(told!, /took 12\.2 s of processor time in 58\.0 s.* 20 % .*--cpu-share/);

  const within = new CpuMeter(DEFAULT_SHARE);
  for (let s = 0; s < 600; s++) equal(within.sample(s * 1_000, s * 195), null);
});

Deno.test("[O22] what uses up ten seconds' share before they are over presses, each time from anew", () => {
  const meter = new CpuMeter(DEFAULT_SHARE);
  const pressed: number[] = [];
  for (let s = 0; s <= 30; s++) {
    equal(meter.sample(s * 1_000, s * 300), null);
    if (meter.isPressing()) pressed.push(s);
  }
  // Two seconds of a processor in ten are its share: at 300 ms a second they are gone after seven.
  equal(pressed.join(), "7,14,21,28");

  const within = new CpuMeter(DEFAULT_SHARE);
  for (let s = 0; s < 100; s++) {
    within.sample(s * 1_000, s * 195);
    equal(within.isPressing(), false);
  }
});

Deno.test("[O22] what was asked to take less has its share from then on, and no more than that", () => {
  const meter = new CpuMeter(DEFAULT_SHARE);
  let told: string | null = null;
  let s = 0;
  for (; told === null && s < 600; s++) {
    told = meter.sample(s * 1_000, s * 300);
    if (s === 30) meter.restart();
  }
  // At 300 ms a second twelve seconds are gone after forty, and it began again after thirty.
  equal(s - 1, 71);
  match(told!, /took 12\.3 s of processor time in 41\.0 s/);
});

Deno.test("only a want of memory is taken for the limit of memory", () => {
  const said = "terminate called after throwing an instance of 'std::bad_alloc'";
  match(memoryWords(DEFAULT_SHARE, said)!, /more than 192 MiB .* 256 MiB .*--memory-limit/);
  equal(memoryWords(DEFAULT_SHARE, "Could not create map: Cannot allocate memory"), null);
});

Deno.test("a share is a number within its bounds", async () => {
  equal(readShare("--cpu-share", "12.5", 100, 1), 12.5);
  for (const text of ["0", "101", "-1", "1e1", "x", ""]) {
    await rejects(async () => await readShare("--cpu-share", text, 100, 1), { code: "usage" });
  }
});

Deno.test("processor time of a process is read, and of none it is null", () => {
  equal(typeof cpuMsOf(Deno.pid), "number");
  equal(cpuMsOf(2 ** 22 + 1), null);
});

/** Stands for a bpftrace: it attaches, and then takes a whole processor. */
const BUSY = `#!/bin/sh
printf 't\\t1\\n'
while :; do :; done
`;

/** Stands for one that says how much memory of its own it may have, and fails as C++ does. */
const HUNGRY = `#!/bin/sh
echo "may have $(ulimit -d) KiB: std::bad_alloc" >&2
kill -ABRT $$
`;

async function withFake(script: string, use: (binary: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "lasthop-test-" });
  try {
    await Deno.writeTextFile(`${folder}/bpftrace`, script, { mode: 0o755 });
    await use(`${folder}/bpftrace`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const options = { program: "", onLine() {}, onLost() {}, stopGraceMs: 1_000 };
const root = { ignore: Deno.uid() !== 0, sanitizeOps: false, sanitizeResources: false };

Deno.test(
  "a bpftrace over its share of the processor is ended, and the word is true",
  root,
  () =>
    withFake(BUSY, async (binary) => {
      const share = { ...DEFAULT_SHARE, cpuPercent: 0.5 };
      const run = await startBpftrace({ ...options, binary, share, sampleMs: 20 });
      await run.ready;
      const { failure } = await run.ended;
      equal(failure?.code, "share_exceeded");
      equal(failure?.isOrderly, false);
      equal(failure?.isRefusal, false);
      match(failure!.message, /share of 0\.5 % of one processor .*--cpu-share/);
    }),
);

Deno.test(
  "a bpftrace that gets no more memory is told of as such, not as refused",
  root,
  () =>
    withFake(HUNGRY, async (binary) => {
      const run = await startBpftrace({ ...options, binary, share: DEFAULT_SHARE });
      await rejects(run.ready, {
        code: "share_exceeded",
        message: /more than 192 MiB .*memory-limit/,
      });
      const { failure } = await run.ended;
      equal(failure?.isRefusal, false);
      match(failure!.end.said, /may have 196608 KiB/);
    }),
);

Deno.test("[O23] counters are as many as half of the processor's share can tell, or as was asked for", () => {
  equal(countersOf(DEFAULT_SHARE), 16_000);
  equal(countersOf({ ...DEFAULT_SHARE, cpuPercent: 1 }), 4_096);
  equal(countersOf({ ...DEFAULT_SHARE, cpuPercent: 10_000 }), COUNTERS_MAX);
  equal(countersOf({ ...DEFAULT_SHARE, counters: 0 }), 0);
  equal(countersOf({ ...DEFAULT_SHARE, counters: 300 }), 300);
  // Other maps of the program are looked up by numbers below bpftrace's own number.
  equal([0, 300, 16_000].map(mapKeysFor).join(), "4096,4096,16000");
});

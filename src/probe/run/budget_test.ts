import { deepEqual, equal, ok } from "node:assert/strict";
import { budgetOf, bufferPages, halved } from "./budget.ts";
import { DEFAULT_SHARE } from "./share.ts";

const MIB = 2 ** 20;
const at = (bpftrace: string | null, cpus: number, memoryMiB = 256) =>
  bufferPages({ ...DEFAULT_SHARE, memoryBytes: memoryMiB * MIB }, { bpftrace, cpus }) * 4096 / MIB;

Deno.test("buffers take a quarter of the memory together, and 0.17 has one for each processor", () => {
  deepEqual([1, 2, 4, 16].map((cpus) => at("0.17.0", cpus)), [32, 32, 16, 4]);
  deepEqual([1, 2, 4, 16].map((cpus) => at("0.23.2", cpus)), [32, 32, 32, 32]);
  equal(at(null, 4), 16, "what is not known is taken for the one that needs more");
  equal(at("0.23.2", 2, 64), 16);
});

Deno.test("what is saved of a budget is ten seconds of it, and no more than one buffer holds", () => {
  const two = { bpftrace: "0.17.0", cpus: 2 };
  equal(budgetOf(DEFAULT_SHARE, two).eventsPerSecond, 8_000);
  const asked = { ...DEFAULT_SHARE, eventsPerSecond: 1_000 };
  deepEqual(budgetOf(asked, two), { eventsPerSecond: 1_000, saved: { hop: 10_000, rare: 10_000 } });
  for (const cpus of [2, 16]) {
    const { hop, rare } = budgetOf({ ...asked, eventsPerSecond: 1e6 }, { ...two, cpus }).saved;
    ok((hop + rare) * 400 < at("0.17.0", cpus) * MIB, `${hop} and ${rare} on ${cpus} processors`);
  }
});

Deno.test("[O22] half of a budget is half of all that it has, until there is nothing to save", () => {
  const whole = budgetOf({ ...DEFAULT_SHARE, firstsPerSecond: 2 }, { bpftrace: "0.27.1", cpus: 2 });
  const half = halved(whole)!;
  deepEqual(half, {
    eventsPerSecond: whole.eventsPerSecond / 2,
    saved: { hop: whole.saved.hop / 2, rare: whole.saved.rare / 2 },
    firstsPerSecond: 2,
  });
  let times = 0;
  for (let next: ReturnType<typeof halved> = whole; next; next = halved(next)) times++;
  equal(times, 6);
});

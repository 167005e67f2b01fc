/**
 * Healthy networks that were recorded on real kernels, of which only a part is watched: one node alone, or
 * all but one. Less is known then, and nothing may be accused but what lies beyond.
 */
import { deepStrictEqual as equal } from "node:assert/strict";
import { analyse } from "../../src/analysis/mod.ts";
import type { Report } from "../../src/event/report.ts";
import { seedCount } from "../sim/seed_count.ts";
import { readArchive } from "./bench/judged.ts";
import { readRecorded } from "./bench/recorded.ts";

const healthy = readRecorded().filter(({ run }) => run.isHealthy);
/** Each so many: all of them took 40 s. */
const step = seedCount(1, 20, 3);

/** What an emulated ovs-vswitchd held is rightly said to be slow. */
const isHeld = ({ outcome, sentence }: { outcome: string; sentence?: string }) =>
  outcome === "slow" && sentence !== undefined && /ovs-vswitchd had it/.test(sentence);

const TRUE = new Set(["delivered", "answered", "unknown"]);

const accused = ({ flows, exchanges }: Report): string[] =>
  [...flows, ...exchanges].filter((one) =>
    one.cause === undefined
      ? !TRUE.has(one.outcome) && !isHeld(one)
      : one.cause.code !== "left-observed-network"
  ).map(({ outcome, cause }) => `${outcome} ${cause?.code ?? ""}`);

for (const { kernel, run, archive } of healthy.filter((_, i) => i % step === 0)) {
  Deno.test(`on ${kernel}, a part of ${run.name} is accused of nothing`, async () => {
    const { batches } = await readArchive(archive);
    const nodes = [...new Set(batches.map(({ header }) => header.node))];
    for (const node of nodes.length > 1 ? nodes : []) {
      for (const isAlone of [true, false]) {
        const own = batches.filter(({ header }) => (header.node === node) === isAlone);
        const report = analyse({
          ...{ incident: "kernels", filter: "", closed: true, evicted: 0 },
          batches: own,
        });
        equal(accused(report), [], `${node} ${isAlone ? "alone" : "left out"}`);
      }
    }
  });
}

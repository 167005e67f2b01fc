/**
 * Archives of incidents recorded on a kernel, with lines, batches, states or nodes gone, in another
 * order, twice, with clocks that are off: a report may say less, and nothing that is not so. The whole
 * suite is `deno task mutations`; its last result stands in docs/reliability.md.
 */
import { deepEqual, ok } from "node:assert/strict";
import { analyse } from "../../src/analysis/mod.ts";
import { seedCount } from "../sim/seed_count.ts";
import { loadAll } from "./load.ts";
import { judgeVariants } from "./run.ts";

const archives = await loadAll(new URL("archives", import.meta.url).pathname);
const VARIANTS = seedCount(1_500, 100, 600);
const BROKEN = seedCount(600, 150, 300);

Deno.test("[O5] [O13] [O15] variants of archives say nothing that is not so", () => {
  const first = 1;
  const { wrong, kept, flows } = judgeVariants(archives, first, VARIANTS);
  deepEqual(wrong, [], `seeds ${first} to ${first + VARIANTS - 1}`);
  ok(kept / flows > 0.7, `${kept} of ${flows} flows keep their outcome`);
});

Deno.test("an analysis that believes it has everything is caught", () => {
  const { wrong } = judgeVariants(archives, 1, BROKEN, (input) =>
    analyse({
      ...input,
      batches: input.batches.map((batch) => ({
        ...batch,
        header: { ...batch.header, totals: { events: 0, lost: 0, refused: 0, evicted: 0 } },
      })),
    }));
  ok(wrong.length > BROKEN / 200, `${wrong.length} of ${BROKEN} variants were caught`);
});

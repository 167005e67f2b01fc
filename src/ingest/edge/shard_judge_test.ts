import { equal } from "node:assert/strict";
import { headerOf, hopLine } from "../../../test/contract/lines.ts";
import { BundleTable } from "./bundle_table.ts";
import { bundleOf } from "./bundles.ts";
import type { Frame, Judged } from "./parts.ts";
import { ShardJudge } from "./shard_judge.ts";
import { objectState } from "./testing_state.ts";

const head = (sequence: number) => ({
  header: headerOf({ sequence, attachedNs: "1", untilNs: String(1000 * (sequence + 1)) }),
  states: [],
  refused: 0,
  events: [],
});

/** What the hub asks with that knows of so many events that were thrown away. */
const frameOf = (evicted: number): Frame => ({
  ...{ epoch: 1, known: null, closed: false, evicted },
  heads: JSON.stringify([head(0), head(1)]),
});

/** A shard with two batches, each of which has a packet. */
async function setUp(): Promise<BundleTable> {
  const table = new BundleTable(objectState());
  for (const [i, ticket] of ["a", "b"].entries()) {
    const text = hopLine(500 + 1000 * i, i + 1) + "\n";
    const part = { at: 0, node: "node-a", tier: "ordinary" as const, lines: 1, chars: text.length };
    const bundle = await bundleOf([{ ...part, text }]);
    table.put({ ticket, source: -1, epoch: 1, cameMs: 0 }, bundle);
    table.confirm([[i + 1, ticket, 0]]);
  }
  return table;
}

const flowsOf = (judged: Judged | "anew" | null) =>
  judged === null || judged === "anew" ? judged : judged.change.come.length;

Deno.test("[O35] edge: a shard that lost its first events since it was asked is asked again", async () => {
  const table = await setUp();
  const judge = new ShardJudge(() => table);
  equal(flowsOf(await judge.judge(frameOf(0), () => false)), 2);
  // The hub hands on what it decided also between its question and the answer.
  const asked = judge.judge(frameOf(0), () => false);
  table.evict({ ordinary: 1, drops: 0, state: 0 });
  equal(await asked, null);
  equal(flowsOf(await judge.judge(frameOf(1), () => false)), 1);
});

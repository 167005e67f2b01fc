/** What is kept of questions about silence while what was left out, and whose clock it was by, change. */
import type { BatchHeader } from "../../event/batch.ts";
import { equal } from "node:assert/strict";
import { headerOf } from "../../../test/contract/lines.ts";
import { noted, Questions } from "./asked.ts";
import { isWatchedUntil, leftOutIn } from "./coverage.ts";
import type { Batch } from "./input.ts";
import type { NodeView } from "./timeline.ts";
import { Timelines } from "./timelines.ts";

const MISSED = [{ fromNs: "1500", toNs: "1600", count: 1 }];

const batchOf = (node: string, some: Partial<Batch["header"]>): Batch => ({
  header: headerOf({ node, probe: node, ...some }),
  ...{ events: [], states: [], refused: 0 },
});

Deno.test("[D5] each of two nodes is asked again whether it has the clock of a third one", () => {
  const timelines = new Timelines();
  const batches = [
    batchOf("a", { missed: MISSED }),
    batchOf("b", { boot: "2", missed: MISSED }),
    batchOf("c", { boot: "1" }),
  ];
  const [a, b, c] = timelines.tell(batches).nodes as [NodeView, NodeView, NodeView];
  const questions = new Questions();
  // By its clock nothing was left out then, and by another one nobody knows.
  const when = { node: c, from: 900, to: 950 };
  noted(questions, () => [leftOutIn(a, when), leftOutIn(b, when)]);
  equal(leftOutIn(b, when)?.code, "runs-left-out");
  timelines.tell([...batches, batchOf("b", { boot: "1", missed: MISSED, sequence: 1 })]);
  equal(leftOutIn(b, when), null);
  equal(questions.hold(), false);
});

Deno.test("[D5] where a node's last event is thrown away, nothing holds that rests on it", () => {
  const timelines = new Timelines();
  const event = { ...{ kind: "device-rx", cpu: 0, netns: 1 } as const, timeNs: 9000n };
  const batch = { ...batchOf("a", { eventLines: 1 }), events: [event] };
  const [node] = timelines.tell([batch]).nodes;
  equal(isWatchedUntil(node!, 5000, 0), true);
  const told = timelines.tell([{ ...batch, events: [] }], 1);
  equal(told.isAllNew, true);
  equal(isWatchedUntil(told.nodes[0]!, 5000, 0), false);
});

Deno.test("[O5] silence is proof where runs were left out of other scripts than those it is of", () => {
  const timelines = new Timelines();
  const missed: NonNullable<BatchHeader["missed"]> = [
    { fromNs: "1500", toNs: "1600", count: 5, scripts: { consume: 3, drop: 2 } },
    { fromNs: "2500", toNs: "2600", count: 4, scripts: { consume: 4 } },
  ];
  const [node] = timelines.tell([batchOf("a", { missed })]).nodes as [NodeView];
  const base = Number(node.baseNs);
  const gapIn = (from: number, scripts: string[] | null) =>
    leftOutIn(node, { node, from: from - base, to: from + 50 - base }, undefined, scripts)?.text;
  equal(gapIn(1500, ["drop"]), "on a the kernel left out 2 runs of the scripts at that time");
  equal(gapIn(1500, ["device_tx"]), undefined);
  equal(gapIn(1500, null), "on a the kernel left out 5 runs of the scripts at that time");
  equal(gapIn(2500, ["drop"]), undefined);
  equal(leftOutIn(node, null, undefined, ["device_tx"]), null);
  equal(leftOutIn(node, null, undefined, ["consume"])?.code, "runs-left-out");
});

import { deepStrictEqual as equal } from "node:assert/strict";
import { BatchHeader } from "../../event/batch.ts";
import { decodeLine } from "../../event/codec.ts";
import type { Event } from "../../event/event.ts";
import { Batcher, EVENTS_HELD_MAX, EVENTS_MAX, type ProbeBatch } from "./batcher.ts";

const event: Event = { kind: "device-rx", timeNs: 7n, cpu: 0, skb: "f0" };

function batcher() {
  const batches: ProbeBatch[] = [];
  const facts = {
    incident: "i",
    filter: "icmp",
    kernel: "6.18",
    bpftrace: "0.17.0",
    scripts: [{ name: "drop", state: "attached" as const }],
    attachedNs: 5n,
    untilNs: 10n,
    clock: { monotonicNs: 10n, wallMs: 1 },
    lost: 0,
    refused: 0,
  };
  const made = new Batcher({
    node: "a",
    allNetns: false,
    netns: () => [{ inode: 1, name: "one" }],
    probe: "p.0",
    facts: () => facts,
    onBatch: (batch) => batches.push(batch),
  });
  return { made, batches, facts };
}

Deno.test("batcher: nothing goes out before everything is attached, then all of it at once", () => {
  const { made, batches } = batcher();
  made.addEvent(event);
  made.flush();
  equal(batches.length, 0);
  made.begin();
  made.flush();
  equal(batches.map(({ lines }) => lines), [["device-rx\t7\t0\tf0"]]);
  equal(BatchHeader.parse(batches[0]!.header), batches[0]!.header);
  equal(decodeLine(JSON.stringify(batches[0]!.header)).type, "header");
});

Deno.test("batcher: a batch is full at its limit, and totals are of the whole run", () => {
  const { made, batches, facts } = batcher();
  made.begin();
  for (let i = 0; i < EVENTS_MAX + 1; i++) made.addEvent(event);
  equal(batches.map(({ lines }) => lines.length), [EVENTS_MAX]);
  facts.lost = 3;
  made.evicted += 2;
  made.flush();
  equal(batches.map(({ header }) => header.sequence), [0, 1]);
  equal(batches[1]!.header.totals, { events: EVENTS_MAX + 1, lost: 3, refused: 0, evicted: 2 });
});

Deno.test("batcher: a heartbeat is sent when time went on, and only then", () => {
  const { made, batches, facts } = batcher();
  made.begin();
  made.flush();
  equal(batches.length, 0);
  made.flush({ heartbeat: true });
  made.flush({ heartbeat: true });
  equal(batches.length, 1);
  facts.untilNs = 20n;
  made.flush({ heartbeat: true });
  equal(batches.map(({ header }) => header.untilNs), ["10", "20"]);
});

Deno.test("batcher: one with nothing to tell speaks as seldom as it may, and each time after it told", () => {
  const { made, batches, facts } = batcher();
  const seconds = (from: number, to: number) => {
    for (let s = from; s < to; s++) {
      facts.untilNs = BigInt(s) * 1_000_000_000n;
      made.flush({ heartbeat: true });
    }
    return batches.splice(0).map(({ header }) => Number(BigInt(header.untilNs) / 1_000_000_000n));
  };
  made.begin();
  made.quietNs = 10_000_000_000n;
  made.flush({ heartbeat: true });
  batches.splice(0);
  equal(seconds(20, 60), [20, 30, 40, 50]);
  made.addEvent(event);
  equal(seconds(63, 90), [63, 64, 65, 66, 67, 68, 78, 88]);
  made.quietNs = 0n;
  equal(seconds(90, 93), [90, 91, 92]);
  made.options.isBehind = () => true;
  equal(seconds(93, 120), [102, 112]);
});

Deno.test("batcher: the final batch comes even when it is empty", () => {
  const { made, batches } = batcher();
  made.begin();
  made.flush({ final: true });
  equal(batches.map(({ header }) => header.final), [true]);
});

Deno.test("batcher: what is held while attaching takes long is bounded, and counted", () => {
  const { made, batches } = batcher();
  for (let i = 0; i < EVENTS_HELD_MAX + 5; i++) made.addEvent(event);
  made.begin();
  made.flush();
  equal(batches[0]!.lines.length, EVENTS_HELD_MAX);
  equal(batches[0]!.header.totals.events, EVENTS_HELD_MAX);
  equal(batches[0]!.header.totals.evicted, 5);
});

import { deepStrictEqual as equal } from "node:assert/strict";
import { fakeLink, fakeState } from "../../../test/fake/state.ts";
import { parseFilter } from "../../event/filter/mod.ts";
import { decodeTsv } from "../../event/codec.ts";
import type { ProbeBatch } from "../ship/batcher.ts";
import { Intake } from "./intake.ts";
import { Planner } from "../filter/plan.ts";
import { monotonicClock } from "../state/mod.ts";

const A = 4026532001;
const B = 4026532002;
const OTHER = 4026532003;

function intake(filter = "", hashOf?: () => bigint, online?: () => number[]) {
  const batches: ProbeBatch[] = [];
  const dropped: number[] = [];
  const made = new Intake({
    nodes: [
      { name: "a", all: false, netns: [{ inode: A, name: "one", path: "/run/netns/one" }] },
      { name: "b", all: false, netns: [{ inode: B, path: "/proc/9/ns/net" }] },
    ],
    incident: "i",
    filter,
    kernel: "6.18",
    bpftrace: "0.17.0",
    reasonName: (number) => `REASON_${number}`,
    onBatch: (batch) => batches.push(batch),
    onDrop: (netns) => dropped.push(netns),
    onActive() {},
    onUnknownNetns() {},
    ...(hashOf ? { counting: { hashOf, secretNumber: 1 } } : {}),
    online,
  });
  made.plan = new Planner(parseFilter(filter)).plan();
  const source = made.openSource(false);
  /** Kinds of the events of each node so far. */
  const told = () => {
    source.flush();
    made.flush(false);
    return made.nodes.map(({ name }) =>
      batches.filter(({ header }) => header.node === name)
        .flatMap(({ lines }) => lines.map((line) => line.split("\t")[0]))
    );
  };
  return { made, source, batches, dropped, told };
}

/** A packet line of an echo request from 10.0.0.1 to 10.0.0.2. */
const packet = (letter: string, timeNs: number, skb: string, netns: number, extra = "") =>
  `${letter}\t${timeNs}\t0\t${skb}\tf0\t${netns}\t2\teth0\t84\t0\t0\t0\t0\t140104\t0\t` +
  `54000045\t100000a00000140\t200000a\t0\t0\t100000000000008\t0\t0\t0${extra}`;

/** A failed lookup of 10.0.0.2 from the task's namespace. */
const lookup = (timeNs: number, netns: number, protocol = 0, port = 0) =>
  `O\t${timeNs}\t0\t${netns}\t254\t113\t0\t0\t${protocol}\t0\t200000a\t0\t${port}`;

Deno.test("intake: events of one bpftrace go to the nodes of their namespaces", () => {
  const { made, source, dropped, told } = intake();
  made.begin();
  source.line("t\t100");
  source.line(packet("X", 110, "f1", A));
  source.line(packet("R", 120, "f1", B));
  source.line(packet("D", 130, "f1", 0, "\tkfree\t3"));
  source.line(packet("D", 140, "f2", A, "\tkfree\t3"));
  source.line(packet("R", 150, "f3", OTHER));
  source.line(packet("D", 160, "f4", 0, "\tkfree\t3"));
  equal(told(), [["device-tx", "drop"], ["device-rx", "drop"]]);
  equal(dropped, [A]);
  equal(made.counts.unplaced, 1);
});

Deno.test("intake: what the actions of Open vSwitch are done with may be a drop, an upcall is none", () => {
  const { made, source, dropped } = intake();
  made.begin();
  source.line("t\t100");
  source.line(packet("F", 110, "f1", A, "\tovs_dp_process_packet"));
  source.line(packet("F", 120, "f2", A, "\ticmp_rcv"));
  source.flush();
  equal(dropped, []);
  source.line(packet("F", 130, "f3", A, "\tdo_execute_actions"));
  source.flush();
  equal(dropped, [A]);
});

Deno.test("intake: a neighbour goes where its device and address are, or nowhere", () => {
  const { made, source, told } = intake();
  made.begin();
  made.addState(fakeState(B, { links: [fakeLink("eth0", ["10.0.0.1/24"])] }));
  source.line("N\t110\t0\t2\teth0\t32\t200000a\t0\t0");
  source.line("N\t120\t0\t2\teth9\t32\t200000a\t0\t0");
  source.line("t\t130");
  const [a, b] = told();
  equal([a, b!.filter((kind) => !kind!.startsWith("{"))], [[], ["neighbour"]]);
  equal(made.counts.neighboursUnplaced, 1);
});

Deno.test("intake: lookups are kept when they may be about what was asked for, and not too many", () => {
  const { made, source, told } = intake("icmp and host 10.0.0.2");
  made.begin();
  for (let i = 0; i < 20; i++) source.line(lookup(110 + i, A));
  source.line(lookup(200, A, 6));
  source.line(lookup(210, OTHER));
  equal(told()[0]!.length, 8);
  // ping finds its way with a UDP socket.
  source.line(lookup(220, A, 17, 1025));
  source.line(lookup(230, A, 17, 53));
  equal(told()[0]!.length, 9);
  equal(made.counts.routesSpared, 12);
});

Deno.test("intake: times are those of the heartbeat before the last, and of the last at the end", () => {
  const { made, source, batches } = intake();
  for (const timeNs of [100, 200, 300]) source.line(`t\t${timeNs}`);
  made.begin();
  const header = () => batches.findLast(({ header }) => header.node === "a")!.header;
  equal([header().attachedNs, header().untilNs], ["100", "200"]);
  equal(header().netns, [{ inode: A, name: "one" }]);
  source.line(packet("X", 350, "f1", A));
  source.flush();
  made.end();
  equal([header().untilNs, header().final], ["350", true]);
});

Deno.test("intake: it is told no further than each processor was read, at the end as well", async () => {
  const { made, source, batches } = intake("", undefined, () => [0, 1]);
  const until = () => batches.findLast(({ header }) => header.node === "a")!.header.untilNs;
  source.line("b\t99\t0");
  source.line("t\t100");
  source.line("b\t199\t0");
  source.line("t\t200");
  made.begin();
  // The other processor has not told anything since everything was attached.
  equal(until(), "100");
  source.line("b\t150\t1");
  source.line("b\t290\t0");
  source.line("t\t300");
  made.flush(true);
  equal(until(), "150");
  source.line(packet("X", 310, "f1", A));
  const ended = source.endAtTick();
  source.line("t\t400");
  source.line("b\t410\t0");
  // What the busy processor told is read late: it counts, and then the end is known.
  source.line(packet("X", 250, "f2", A).replace("\t0\tf2", "\t1\tf2"));
  source.line("b\t400\t1");
  equal(await ended, 400n);
  source.flush();
  made.end(400n);
  equal(until(), "400");
  const told = batches.flatMap(({ lines }) => lines).filter((line) => line.startsWith("device-tx"));
  equal(told.length, 2);
});

Deno.test("intake: of two programs that overlap, each tells its own side of the change", () => {
  const { made, source: before, told } = intake();
  made.begin();
  const after = made.openSource(true);
  before.line(packet("X", 110, "f1", A));
  after.line(packet("X", 111, "f1", A));
  after.line("t\t120");
  after.begin(200n, before);
  void before.end(200n);
  before.line(packet("X", 190, "f2", A));
  after.line(packet("X", 191, "f2", A));
  before.line(packet("X", 210, "f3", A));
  after.line(packet("X", 211, "f3", A));
  after.flush();
  equal(told()[0]!.length, 3);
});

Deno.test("intake: a batch says of each namespace whether it is the machine's own", () => {
  const batches: ProbeBatch[] = [];
  const made = new Intake({
    nodes: [{
      name: "a",
      all: false,
      netns: [
        { inode: A, path: "/proc/1/ns/net", own: true },
        { inode: B, path: "/proc/9/ns/net", own: false },
      ],
    }],
    incident: "i",
    filter: "",
    kernel: "6.18",
    bpftrace: "0.17.0",
    reasonName: String,
    onBatch: (batch) => batches.push(batch),
    onDrop() {},
    onActive() {},
    onUnknownNetns() {},
  });
  made.begin();
  made.end();
  equal(batches[0]!.header.netns, [{ inode: A, own: true }, { inode: B, own: false }]);
});

Deno.test("intake: a batch tells no further than it is known what the kernel left out, nor does the last", () => {
  const { made, source, batches } = intake();
  source.line("t\t100");
  made.begin();
  const untilNs = () => batches.at(-1)!.header.untilNs;
  source.line("t\t200");
  source.line("t\t400");
  made.missed({ fromNs: 100n, toNs: 150n, count: 0 });
  made.flush(true);
  equal(untilNs(), "150");
  made.missed({ fromNs: 150n, toNs: 350n, count: 2 });
  made.flush(true);
  equal(untilNs(), "200");
  equal(batches.at(-1)!.header.missed, [{ fromNs: "150", toNs: "350", count: 2 }]);
  source.line(packet("X", 500, "f1", A));
  source.flush();
  made.end();
  equal(untilNs(), "350");
});

Deno.test("[O5] intake: a spoilt line of a script is an event lost at its time, any other garbage a line refused", () => {
  const { made, source, batches } = intake();
  made.begin();
  source.line("t\t100");
  source.line(packet("X", 110, "f1", A));
  source.line(packet("X", 110, "f1", B));
  source.line("t\t200");
  source.line("X\t210\tnonsense");
  source.line("t\t300");
  source.line("garbage");
  made.flush(true);
  const { totals, losses = [] } = batches.at(-1)!.header;
  equal([totals.lost, totals.refused], [2, 1]);
  // Where the clock can't be read nobody knows when.
  const timed = losses.reduce((sum, { count }) => sum + count, 0);
  equal(timed, monotonicClock()() === undefined ? 0 : 2);
});

/** What a reading of bpftrace prints: so many packets of one flow at one place. */
function count(source: { line(text: string): void }, number: number, packets: number) {
  const place = (BigInt(A) << 32n) + (2n << 2n) + 2n;
  source.line(`G\t${1000 * number}\t${number}`);
  if (packets > 0) source.line(`@flows1[${place}, 5]: ${packets}`);
  for (const [key, value] of [[place, packets], [0, 2]]) {
    if (value !== 0) source.line(`@places1[${key}]: ${value}`);
  }
  source.line(`t\t${1000 * number + 10}`);
}

const LEFT_OUT: Record<string, (made: Intake) => void> = {
  "an event was lost": (made) => made.lost(1),
  "runs of a script that sees packets were left out": (made) =>
    made.missed({ fromNs: 900n, toNs: 950n, count: 3, scripts: { consume: 2, drop: 1 } }),
  "runs were left out, and nobody knows of which script": (made) =>
    made.missed({ fromNs: 900n, toNs: 950n, count: 3 }),
};

for (const [what, happens] of Object.entries(LEFT_OUT)) {
  for (const isLate of [false, true]) {
    Deno.test(`[O23] intake: all that was counted is told once ${what}${isLate ? ", at the end, too" : ""}`, () => {
      const { made, source, batches } = intake("", () => 5n);
      made.begin();
      source.line(packet("X", 500, "f1", A));
      count(source, 0, 0);
      count(source, 1, 7);
      made.missed({ fromNs: 800n, toNs: 900n, count: 3, scripts: { consume: 3 } });
      const counted = () => {
        made.flush(true);
        return batches.filter(({ header }) => header.node === "a").flatMap(({ lines }) => lines)
          .map((line) => decodeTsv(line)).filter(({ kind, source }) => kind === "counted" && source)
          .map(({ reading, counted }) => [reading, counted]);
      };
      equal(counted(), []);
      if (!isLate) happens(made);
      count(source, 2, 4);
      equal(counted(), isLate ? [] : [[1, 7], [2, 4]]);
      if (isLate) happens(made);
      made.end();
      equal(counted(), [[1, 7], [2, 4]]);
    });
  }
}

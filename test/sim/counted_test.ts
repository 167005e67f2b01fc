/**
 * Counters that are read, lost, late and incomplete, of a flow whose truth is known: what is said to be
 * lost was lost, between those places and in that time.
 */
import { deepEqual, equal, ok } from "node:assert/strict";
import type { Event } from "../../src/event/event.ts";
import { emptyState } from "../../src/event/state.ts";
import { analyse, type Batch } from "../../src/analysis/mod.ts";
import { checkFigures } from "./counted_figures.ts";
import { checkCountedProblems, type LostIn } from "./counted_problems.ts";
import { Random } from "./random.ts";
import { seedCount } from "./seed_count.ts";

const SEEDS = seedCount(1_500, 100, 500);
const SECOND = 1_000_000_000n;
/** When watching began, by the nodes' one clock, ns. */
const BASE = 1_000n * SECOND;
const WALL_MS = 1_700_000_000_000;
const NODES = ["a", "b", "c"];
/** Each node's device in the order of the way: sent by a; received and sent on by b; received by c. */
const PLACES = [
  { node: "a", ifindex: 2, countedAt: 2 },
  { node: "b", ifindex: 2, countedAt: 1 },
  { node: "b", ifindex: 3, countedAt: 2 },
  { node: "c", ifindex: 2, countedAt: 1 },
] as const;

interface Truth {
  /** Packets lost by pair of places, with the reading in whose time each was. */
  lost: number[][];
  /** What passed each place in each reading. */
  passed: number[][];
}

/** What happens in each reading, by queues between the places that keep some packets for a while. */
function happens(random: Random, readings: number): Truth {
  const passed = PLACES.map(() => new Array<number>(readings).fill(0));
  const lost = PLACES.slice(1).map((): number[] => []);
  const queued = PLACES.slice(1).map(() => 0);
  const begins = random.int(3);
  const ends = readings - 7 - random.int(4);
  const isLossy = random.chance(0.7);
  for (let reading = begins; reading < readings; reading++) {
    let came = reading < ends ? random.int(2_000) : 0;
    passed[0]![reading] = came;
    queued.forEach((_, pair) => {
      if (isLossy && random.chance(0.15)) {
        const some = Math.min(came, 1 + random.int(5));
        came -= some;
        for (let i = 0; i < some; i++) lost[pair]!.push(reading);
      }
      const all = queued[pair]! + came;
      // Packets wait two seconds at the most once no more come.
      const waits = reading < ends + 2 && random.chance(0.4) ? Math.min(all, random.int(50)) : 0;
      queued[pair] = waits;
      came = all - waits;
      passed[pair + 1]![reading] = came;
    });
  }
  return { lost, passed };
}

const ENDS = {
  ...{ network: "ip4", protocol: 17, source: "10.0.0.1", destination: "10.0.0.2" } as const,
  ...{ sourcePort: 4_000, destinationPort: 53 },
};

/** Lines of all nodes, with what goes wrong with counters. */
function told(random: Random, { passed }: Truth, readings: number): Map<string, Event[]> {
  const events = new Map(NODES.map((node): [string, Event[]] => [node, []]));
  const first = passed[0]!.findIndex((packets) => packets > 0);
  const sighting = (place: number, timeNs: bigint): Event => {
    const { node, ifindex, countedAt } = PLACES[place]!;
    return {
      ...{ kind: countedAt === 1 ? "device-rx" : "device-tx", timeNs, cpu: 0, skb: `f${node}` },
      ...{ netns: NODES.indexOf(node) + 1, ifindex, device: `eth${ifindex}`, packetType: "host" },
      ...{ ...ENDS, ipId: 7, ttl: place < 2 ? 64 : 63, ipLength: 50, payload: 22, rank: 9 },
    };
  };
  PLACES.forEach((place, i) => {
    const timeNs = BASE + SECOND * BigInt(first + 1) + 600_000_000n + BigInt(i) * 10_000n;
    if (first >= 0) events.get(place.node)!.push(sighting(i, timeNs));
  });
  const faults = random.chance(0.6);
  for (const node of NODES) {
    const own = events.get(node)!;
    for (let number = 0; number <= readings; number++) {
      const at = BASE + SECOND * BigInt(number) + 500_000_000n;
      const rows = PLACES.flatMap((place, i): Partial<Event>[] => {
        const counted = number === 0 ? 0 : passed[i]![number - 1]!;
        if (place.node !== node || counted === 0) return [];
        const { ifindex, countedAt } = place;
        const where = { netns: NODES.indexOf(node) + 1, ifindex, countedAt };
        // Some packets had no counter of their own: how many is told of the place.
        const without = faults && random.chance(0.03) ? random.int(counted) : 0;
        const row = { ...where, ...ENDS, ...packetsAndBytes(counted - without) };
        return without === 0 ? [row] : [row, { ...where, counted: 0, uncounted: without }];
      });
      if (faults && random.chance(0.03)) continue;
      const of = (i: number) => ({ timeNs: at + BigInt(i), cpu: 0, kind: "counted" as const });
      own.push({ ...of(0), reading: number, counted: rows.length });
      rows.forEach((row, i) => {
        if (faults && random.chance(0.02)) return;
        own.push({ ...of(i + 1), ...row, reading: number });
      });
    }
  }
  return events;
}

/** As the payload of the packet that is told. */
const BYTES = 22;

const packetsAndBytes = (counted: number) => ({ counted, countedBytes: counted * BYTES });

function batchOf(node: string, events: Event[], readings: number): Batch {
  const netns = NODES.indexOf(node) + 1;
  const attachedNs = String(BASE);
  const untilNs = String(BASE + SECOND * BigInt(readings + 1));
  const link = (ifindex: number) => ({
    ...{ ifindex, name: `eth${ifindex}`, kind: "veth", mac: `02:00:00:00:0${netns}:0${ifindex}` },
    ...{ mtu: 1_500, flags: ["UP"], operstate: "UP" },
    addresses: node === "c" && ifindex === 2 ? [{ address: ENDS.destination, prefix: 24 }] : [],
  });
  const queue = (device: string) => ({
    ...{ device, kind: "noqueue", handle: "0:", drops: 0, text: "" },
  });
  const state = emptyState(netns, attachedNs, {
    ...{ name: node, links: [link(2), link(3)], qdiscs: [queue("eth2"), queue("eth3")] },
  });
  return {
    header: {
      ...{ kind: "batch", version: 1, incident: "i", node, probe: `p.${node}`, sequence: 0 },
      ...{ kernel: "6.18", bpftrace: "0.17.0", boot: "one", netns: [{ inode: netns, name: node }] },
      ...{ allNetns: false, filter: "", attachedNs, untilNs, final: true },
      scripts: ["device_rx", "device_tx", "drop", "consume", "deliver", "counted"].map((name) => ({
        ...{ name, state: "attached" as const },
      })),
      totals: { events: events.length, lost: 0, refused: 0, evicted: 0 },
      clock: { monotonicNs: attachedNs, wallMs: WALL_MS },
      sampled: [{ fromNs: attachedNs, toNs: untilNs, rank: 9, dropRank: 0 }],
    },
    ...{ events, states: [state], refused: 0 },
  };
}

/** A reading is from half a second after its second began up to half a second after the next did. */
const timeOf = (reading: number) => WALL_MS + (reading + 0.5) * 1_000;

Deno.test("[S16] [S18] [S21] [O23] [O24] [O31] counters that are lost, late or incomplete make no loss and no wrong place or time", () => {
  const seen = { exact: 0, least: 0, unknown: 0, lossless: 0, timed: 0, figures: 0 };
  const states = new Set<string>();
  for (let seed = 1; seed <= SEEDS; seed++) {
    const random = new Random(seed);
    const readings = 16 + random.int(8);
    const truth = happens(random, readings);
    const events = told(random, truth, readings);
    const batches = [...events].map(([node, own]) => batchOf(node, own, readings));
    const input = { incident: "i", batches, filter: "", closed: true, evicted: 0 };
    const report = analyse(input);
    const lostIn: LostIn = ({ node, ifindex }, fromMs, untilMs) => {
      const pair = PLACES.findIndex((place) => place.node === node && place.ifindex === ifindex);
      return truth.lost[pair]!.filter((reading) =>
        timeOf(reading) >= fromMs && timeOf(reading + 1) <= untilMs
      ).length;
    };
    for (const state of checkCountedProblems(report, lostIn, seed)) states.add(state);
    const [came, , , arrived] = truth.passed.map((all) => all.reduce((sum, one) => sum + one, 0));
    const figures = { seen: came!, arrived: arrived!, lost: truth.lost.flat().length };
    if (checkFigures(report, { ...figures, isOver: true }, `seed ${seed}`)) seen.figures += 1;
    const counted = report.flows[0]?.counted;
    if (counted === undefined || counted.gap !== undefined) {
      seen.unknown += 1;
      continue;
    }
    const all = truth.lost.flat().length;
    const { lost = -1, losses = [], atLeast, lostBytes } = counted;
    equal(counted.bytes, counted.packets! * BYTES, `seed ${seed}`);
    equal(lostBytes, atLeast ? lostBytes : lost * BYTES, `seed ${seed}`);
    ok(atLeast ? lost <= all : lost === all, `seed ${seed}: ${lost} of ${all}, ${atLeast}`);
    seen[atLeast ? "least" : lost === 0 ? "lossless" : "exact"] += 1;
    for (const { from, to, packets, firstAt, lastAt } of losses) {
      const pair = PLACES.findIndex(({ node, ifindex }) =>
        node === from.node && ifindex === from.ifindex
      );
      const next = PLACES[pair + 1]!;
      deepEqual([to.node, to.ifindex], [next.node, next.ifindex], `seed ${seed}`);
      const own = truth.lost[pair]!;
      ok(packets <= own.length, `seed ${seed}: ${packets} between ${from.node} and ${to.node}`);
      if (atLeast) continue;
      const [begin, end] = [timeOf(Math.min(...own)), timeOf(Math.max(...own) + 1)];
      ok(Date.parse(firstAt) <= begin && Date.parse(lastAt) >= end, `seed ${seed}: ${firstAt}`);
      if (Date.parse(firstAt) > Date.parse(counted.since!)) seen.timed += 1;
    }
  }
  // All of a flow of UDP without ids is one epoch, after which nothing shows that it is mended.
  deepEqual([...states].sort(), ["active", "ended"]);
  for (const [what, times] of Object.entries(seen)) {
    ok(times > SEEDS / 100, `${what} ${times} times`);
  }
});

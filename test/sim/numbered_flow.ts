/** A flow that IP ids number, past three nodes that count it: what comes to each place, and is lost and told. */
import type { Event } from "../../src/event/event.ts";
import { type CountingNode, NODES, PLACES } from "./counting_node.ts";
import type { Random } from "./random.ts";

const SECOND = 1e9;
/** Packets a second. */
const RATES = [300, 2_000, 8_000, 20_000, 70_000, 150_000];
const FAST = [20_000, 70_000, 150_000];
/** Packets that wait in all queues together. */
const QUEUED = 16_000;
/** Packets that go together, by their IP ids. */
const CHUNK = 256;
/** And of a flow whose ids come round within a reading. */
const FAST_CHUNK = 1_024;
export const FLOW = {
  ...{ network: "ip4", protocol: 17, source: "10.0.0.1", destination: "10.0.0.2" } as const,
  ...{ sourcePort: 4_000, destinationPort: 53 },
};

export interface World {
  random: Random;
  /** When each node's clock is at zero, ns. */
  zero: number[];
  isOneClock: boolean;
  /** How long is watched, ns. */
  until: number;
  /** When each reading of a node was, the first is when counting began. */
  readings: number[][];
  faults: boolean;
  isLate: boolean;
}

/** A packet that was lost, and when it had passed the place before. */
export interface Lost {
  pair: number;
  at: number;
  /** It was told when it died, and which it was: its IP id. */
  death?: { at: number; id: number };
}

/** Packets of one chunk that come to a place together. */
export interface Group {
  at: number;
  count: number;
  /** One of them is told: its IP id. */
  told?: number;
  id: number;
}

/** `isLate`: at many packets a second, and on its way before counting began. */
export function worldOf(random: Random, isLate: boolean): World {
  const isOneClock = isLate || random.chance(0.4);
  const until = (14 + random.int(10)) * SECOND;
  const zero = NODES.map(() => isOneClock ? 0 : -random.int(1e6) * SECOND);
  const one = readingsOf(random, until);
  const readings = NODES.map(() => isOneClock ? one : readingsOf(random, until));
  return { random, zero, isOneClock, until, readings, faults: random.chance(0.5), isLate };
}

/** Each second, now and then later, up to the end. */
function readingsOf(random: Random, until: number): number[] {
  const readings = [(0.1 + random.int(1000) / 1000) * SECOND];
  while (readings.at(-1)! < until - 1.5 * SECOND) {
    readings.push(readings.at(-1)! + (random.chance(0.05) ? 2 : 1) * SECOND + random.int(1e6));
  }
  return readings;
}

/** What comes to each place, and what is lost between them. */
export function travel({ random, until, isLate }: World) {
  const rate = isLate ? random.pick(FAST) : random.pick(RATES);
  const chunk = rate > 20_000 ? FAST_CHUNK : CHUNK;
  const begin = isLate || random.chance(0.4) ? -3 * SECOND : (1 + random.int(3)) * SECOND;
  const ended = random.chance(0.4);
  const end = ended ? until - 7 * SECOND - random.int(3e9) : until + SECOND;
  // Packets that go together are of one epoch.
  const first = random.int(65_536 / chunk) * chunk;
  const lossAt = begin + random.int(Math.max(1, end - begin));
  const lossFor = random.chance(0.5) ? SECOND : until;
  const lossPair = random.int(3);
  // No more are under way than queues of a kernel hold [O42].
  const longest = Math.min(0.3, QUEUED / 3 / rate) * SECOND;
  const delays = [0, 1, 2].map(() => random.chance(0.5) ? 30_000 : random.int(longest));
  // A probe that may tell more shows where the numbers of the flow were at a border.
  const toldChance = isLate || random.chance(0.4)
    ? 0.8
    : rate > 20_000
    ? 0.03
    : rate > 10_000
    ? 0.15
    : 0.3;
  const lateChance = random.chance(0.5) ? 0.02 : 0;
  // What a node drops between its devices is told one by one, all of it or some.
  const toldShare = random.pick([0, 0.5, 1]);
  const passed: Group[][] = PLACES.map(() => []);
  const lost: Lost[] = [];
  let isFirst = true;
  for (let i = 0; i * chunk < (end - begin) / SECOND * rate; i++) {
    const at = begin + i * chunk / rate * SECOND;
    const id = (first + i * chunk) % 65_536;
    const isTold = at > 0 &&
      (isFirst || random.chance(toldChance));
    if (at > 0) isFirst = false;
    let groups: Group[] = [{ at, count: chunk, id, ...(isTold ? { told: id } : {}) }];
    passed[0]!.push(...groups);
    for (let pair = 0; pair < 3; pair++) {
      groups = groups.flatMap((group): Group[] => {
        const isBad = pair === lossPair && group.at >= lossAt && group.at < lossAt + lossFor;
        const some = isBad && random.chance(0.2) ? 1 + random.int(Math.min(3, group.count)) : 0;
        for (let k = 0; k < some; k++) {
          const isTold = pair === 1 && group.at > 0 && random.chance(toldShare);
          const died = { at: group.at + random.int(delays[pair]!), id: (id + 1 + k) % 65_536 };
          lost.push({ pair, at: group.at, ...(isTold ? { death: died } : {}) });
        }
        const left = { ...group, at: group.at + delays[pair]!, count: group.count - some };
        if (left.count === 0) return [];
        // Some wait longer, and come after those that were sent later.
        if (left.count < 20 || !random.chance(lateChance)) return [left];
        const late = { id, at: left.at + random.int(rate < 2_000 ? 3e9 : 0.8e9), count: 10 };
        return [{ ...left, count: left.count - 10 }, late];
      });
      passed[pair + 1]!.push(...groups);
    }
  }
  return { passed, lost, ended, isBefore: begin < 0 };
}

/** As the payload of the packets that are told. */
export const BYTES = 22;

/** `share`: of packets so many were put together of several. */
export function told(
  { random, zero, until, readings, faults }: World,
  passed: Group[][],
  lost: readonly Lost[],
  share: number,
): Event[][] {
  const events: Event[][] = NODES.map(() => []);
  for (const { pair, death } of lost) {
    if (death === undefined || death.at > until) continue;
    const { node, ifindex } = PLACES[pair]!;
    events[node]!.push({
      ...{ kind: "drop", cpu: 0, skb: `d${death.id}`, reason: "NETFILTER_DROP" },
      ...{ timeNs: BigInt(Math.round(death.at - zero[node]!)) + 1n, function: "nf_hook_slow" },
      ...{ netns: node + 1, ifindex, device: `eth${ifindex}`, packetType: "host" },
      ...{ ...FLOW, ipId: death.id, ttl: 64, ipLength: 50, payload: 22 },
    });
  }
  PLACES.forEach(({ node, ifindex, countedAt }, place) => {
    for (const { at, told } of passed[place]!) {
      if (told === undefined || at <= 0 || at > until) continue;
      events[node]!.push({
        ...{ kind: countedAt === 1 ? "device-rx" : "device-tx", cpu: 0, skb: `f${node}${told}` },
        timeNs: BigInt(Math.round(at - zero[node]!)) + 1n,
        ...{ netns: node + 1, ifindex, device: `eth${ifindex}`, packetType: "host" },
        ...{ ...FLOW, ipId: told, ttl: place < 2 ? 64 : 63, ipLength: 50, payload: 22, rank: 9 },
      });
    }
  });
  NODES.forEach((_, node) => {
    const at = readings[node]!;
    // By number, place and epoch.
    const counts = new Map<number, Map<string, number>>();
    PLACES.forEach((place, i) => {
      if (place.node !== node) return;
      for (const { at: came, count, id } of passed[i]!) {
        const number = at.findIndex((ended) => ended > came);
        if (number < 1) continue;
        const of = counts.get(number) ?? new Map<string, number>();
        counts.set(number, of);
        const key = `${i} ${id >>> 11}`;
        of.set(key, (of.get(key) ?? 0) + count);
      }
    });
    at.forEach((ended, number) => {
      if (faults && random.chance(0.02)) return;
      const rows = [...counts.get(number) ?? []].map(([key, counted]): Partial<Event> => {
        const [place, epoch] = key.split(" ").map(Number);
        const { ifindex, countedAt } = PLACES[place!]!;
        return {
          ...{
            netns: node + 1,
            ifindex,
            countedAt,
            ...FLOW,
            counted,
            countedBytes: counted * BYTES,
            countedTogether: Math.floor(counted * share),
          },
          ...(epoch! > 0 ? { epoch } : {}),
        };
      });
      const time = BigInt(Math.round(ended - zero[node]!));
      const of = (i: number) => ({ kind: "counted" as const, timeNs: time + BigInt(i), cpu: 0 });
      events[node]!.push({ ...of(0), reading: number, counted: rows.length });
      rows.forEach((row, i) => {
        if (faults && random.chance(0.002)) return;
        events[node]!.push({ ...of(i + 1), ...row, reading: number });
      });
    });
  });
  return events;
}

export const nodeOf = ({ zero, until, isOneClock }: World, node: number): CountingNode => ({
  ...{ name: NODES[node]!, netns: node + 1, boot: isOneClock ? "one" : NODES[node]! },
  ...{ attachedNs: -zero[node]!, untilNs: until - zero[node]! },
  ...(node === 2 ? { address: { address: FLOW.destination, prefix: 24 } } : {}),
});

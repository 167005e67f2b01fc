import { deepEqual, equal } from "node:assert/strict";
import type { Event } from "../../event/event.ts";
import { mixed } from "../run/counting.ts";
import {
  type CountedFlow,
  CountLines,
  type Digest,
  type Reading,
  TOGETHER,
} from "./count_lines.ts";
import { Counters, readingEvents, type ToldReading } from "./counters.ts";
import { readDigest } from "./digests.ts";

const MIX = 0x1e3779b97f4a7c15n;
const hashOf = (words: readonly bigint[]) => mixed(MIX, words);
const NETNS = 4026532888n;
const PLACE = (NETNS << 32n) + (2n << 2n) + 2n;
const OTHER = (NETNS << 32n) + (3n << 2n) + 1n;
const source = {};

/** 10.77.1.1:49673 > 10.77.2.1:9999, as the kernel loads it. */
const FLOW = hashOf([0x01024d0a01014d0an, 0x0f2709c2n + (17n << 32n) + (4n << 40n)]);
const packet: Event = {
  ...{ kind: "device-rx", timeNs: 1n, cpu: 0, network: "ip4", protocol: 17 },
  ...{ source: "10.77.1.1", destination: "10.77.2.1", sourcePort: 49673, destinationPort: 9999 },
};

const reading = (
  number: number,
  flows: CountedFlow[],
  some: Partial<Reading> = {},
): Reading => {
  const places = new Map<bigint, number>();
  for (const { place, packets } of flows) {
    places.set(place, (places.get(place) ?? 0) + packets);
  }
  return {
    number,
    timeNs: BigInt(number) * 1_000_000_000n,
    flows,
    digests: [],
    places,
    isWhole: true,
    ...some,
  };
};
const of = (packets: number, flow = FLOW, place = PLACE): CountedFlow => ({
  ...{ place, flow, packets, bytes: 10 * packets },
});
const shown = (told: readonly ToldReading[]) =>
  told.map(({ number, rows }) => [
    number,
    ...rows.map(({ destinationPort, counted, uncounted }) =>
      `${destinationPort ?? "-"} ${counted}${uncounted === undefined ? "" : ` +${uncounted}`}`
    ),
  ]);

Deno.test("[O23] counters: a reading is told by flow and place, since counting began", () => {
  const counters = new Counters(hashOf);
  counters.note(packet);
  deepEqual(shown(counters.take(reading(0, []), source, false)), []);
  deepEqual(shown(counters.take(reading(1, [of(5)]), source, false)), []);
  const told = counters.take(reading(2, [of(7), of(6, FLOW, OTHER)]), source, true);
  deepEqual(shown(told), [[0], [1, "9999 5"], [2, "9999 7", "9999 6"]]);
  deepEqual(told[2]!.rows[0], {
    ...{ netns: Number(NETNS), ifindex: 2, countedAt: 2, network: "ip4", protocol: 17 },
    ...{ source: "10.77.1.1", destination: "10.77.2.1" },
    ...{ sourcePort: 49673, destinationPort: 9999, counted: 7, countedBytes: 70 },
    countedTogether: 0,
  });
  deepEqual(shown(counters.take(reading(3, []), source, true)), [[3]]);
});

Deno.test("[O23] counters: what is long past when the first reading is told is one reading", () => {
  const counters = new Counters(hashOf);
  counters.note(packet);
  counters.take(reading(0, []), source, false);
  for (let i = 1; i <= 25; i++) counters.take(reading(i, [of(i)]), source, false);
  const told = counters.take(reading(26, [of(26)]), source, true);
  // 26 readings: the first six together, then twenty.
  equal(told.length, 22);
  deepEqual(shown(told).slice(0, 3), [[0], [1, "9999 21"], [2, "9999 7"]]);
  deepEqual(told[1]!.timeNs, 6_000_000_000n);
  deepEqual(shown(told).at(-1), [21, "9999 26"]);
});

Deno.test("[O23] counters: each epoch of a flow is told, and of how many readings", () => {
  const counters = new Counters(hashOf);
  counters.take(reading(0, []), source, true);
  const epoch = (number: bigint) => FLOW + (number << 52n);
  counters.take(reading(1, [of(4, epoch(5n))]), source, true);
  counters.note(packet);
  const flows = [of(5, epoch(5n)), of(2, epoch(128n + 63n)), of(8, epoch(256n + 63n))];
  const [told] = counters.take(reading(2, flows), source, true);
  const shown = told!.rows.map((row) => [row.counted, row.countedBytes, row.epoch, row.waited]);
  deepEqual(shown, [[9, 90, 5, 1], [2, 20, 127, undefined], [8, 80, 191, undefined]]);
});

Deno.test("[O32] counters: of what is counted together it is told how much was put together", () => {
  const counters = new Counters(hashOf);
  counters.note(packet);
  counters.take(reading(0, []), source, true);
  const flows = [of(4), of(6, FLOW | TOGETHER), of(3, FLOW | TOGETHER | (5n << 52n))];
  const [, told] = counters.take(reading(1, flows), source, true);
  const shown = told!.rows.map((row) => [row.counted, row.countedTogether, row.epoch]);
  deepEqual(shown, [[10, 6, undefined], [3, 3, 5]]);
});

Deno.test("[O23] counters: a reading that is missing, of another bpftrace or not whole leaves a number out", () => {
  const broken: [Reading, object][] = [
    [reading(3, [of(1)]), source],
    [reading(2, [of(1)]), {}],
    [reading(2, [of(1)], { isWhole: false }), source],
  ];
  for (const [other, from] of broken) {
    const counters = new Counters(hashOf);
    counters.note(packet);
    counters.take(reading(0, []), source, true);
    deepEqual(shown(counters.take(reading(1, [of(1)]), source, true)), [[0], [1, "9999 1"]]);
    deepEqual(shown(counters.take(other, from, true)), []);
    const after = reading(other.number + 1, [of(2)]);
    deepEqual(shown(counters.take(after, from, true)), [[3], [4, "9999 2"]]);
  }
});

Deno.test("[O23] counters: a reading that the end cuts off leaves no number out", () => {
  const counters = new Counters(hashOf);
  counters.note(packet);
  counters.take(reading(0, []), source, true);
  deepEqual(shown(counters.take(reading(1, [of(1)]), source, true)), [[0], [1, "9999 1"]]);
  deepEqual(shown(counters.take(reading(2, [of(1)], { isWhole: false }), source, true)), []);
  deepEqual(shown(counters.tell()), []);
});

Deno.test("[O23] counters: what had no counter of its own is told of its place", () => {
  const counters = new Counters(hashOf);
  counters.note(packet);
  counters.take(reading(0, []), source, true);
  const full = reading(1, [of(5)], { places: new Map([[PLACE, 8], [OTHER, 2]]) });
  deepEqual(shown(counters.take(full, source, true)), [[0], [1, "9999 5", "- 0 +3", "- 0 +2"]]);
  const unclear = reading(2, [of(5), of(4, FLOW | (1n << 61n))]);
  deepEqual(shown(counters.take(unclear, source, true)), [[2, "9999 5 +4"]]);
  const fragments = reading(3, [of(5), of(4, 1n << 62n)]);
  deepEqual(shown(counters.take(fragments, source, true)), [[3, "9999 5"]]);
});

Deno.test("[O23] counters: a flow waits at all places for a packet that tells which it is, not for ever", () => {
  const counters = new Counters(hashOf);
  counters.take(reading(0, []), source, true);
  const both = (number: number) => reading(number, [of(5), of(4, FLOW, OTHER)]);
  deepEqual(shown(counters.take(both(1), source, true)), [[0], [1]]);
  counters.note(packet);
  deepEqual(shown(counters.take(both(2), source, true)), [[2, "9999 10", "9999 8"]]);
  const nobody = new Counters(hashOf);
  nobody.take(reading(0, []), source, true);
  nobody.take(reading(1, [of(5)]), source, true);
  const later = Array.from({ length: 60 }, (_, i) => nobody.take(reading(i + 2, []), source, true));
  deepEqual(shown(later.at(-1)!), [[61, "- 0 +5"]]);
});

Deno.test("[O23] counters: IPv6 and echoes are known by the kernel's hash, too", () => {
  const six = hashOf([
    ...[
      0x0000_0100_7700_00fdn,
      0x0100_0000_0000_0000n,
      0x0000_0200_7700_00fdn,
      0x0100_0000_0000_0000n,
    ],
    0x0700n + (58n << 32n) + (6n << 40n),
  ]);
  const counters = new Counters(hashOf);
  counters.note({
    ...{ ...packet, network: "ip6", protocol: 58, source: "fd00:77:1::1" },
    ...{ destination: "fd00:77:2::1", icmpType: 128, icmpId: 7 },
  });
  counters.take(reading(0, []), source, true);
  const [, told] = counters.take(reading(1, [of(3, six)]), source, true);
  equal(told!.rows[0]!.icmpId, 7);
});

Deno.test("[O23] counters: events of a reading are told apart, and say how many they are", () => {
  const events = readingEvents({ number: 4, timeNs: 9n, rows: [{ counted: 1 }, { counted: 2 }] });
  deepEqual(events.map(({ timeNs, reading, counted }) => [timeNs, reading, counted]), [
    [9n, 4, 2],
    [10n, 4, 1],
    [11n, 4, 2],
  ]);
});

Deno.test("[O23] counters: the maps that bpftrace prints are a reading when both came whole", () => {
  const readings: Reading[] = [];
  const lines = new CountLines((reading) => readings.push(reading));
  const print = (number: string, ...texts: string[]) => {
    lines.begin(["G", "1000", number]);
    for (const text of texts) lines.line(text);
    lines.end();
  };
  print("0");
  print(
    "1",
    `@flows1[-1, 3]: ${4n + (7_000_000_001n << 24n)}`,
    "@places1[-1]: 4",
    "@places1[0]: 2",
  );
  print("2", "@flows2[9, 3]: 4");
  print("3", "@places1[0]: 4");
  print("4", "@places2[0]: 1");
  deepEqual(readings.map(({ isWhole }) => isWhole), [true, true, false, false, false]);
  deepEqual(readings[1]!.flows, [{
    place: 2n ** 64n - 1n,
    flow: 3n,
    packets: 4,
    bytes: 7_000_000_001,
  }]);
  deepEqual([...readings[1]!.places], [[2n ** 64n - 1n, 4]]);
  let refused = 0;
  for (
    const text of ["@flows1[1]: 4", "@flows1[1, 2]: x", "@flows1[a, 2]: 1", "@flows3[1, 2]: 4"]
  ) {
    try {
      lines.begin(["G", "1", "1"]);
      lines.line(text);
    } catch {
      refused += 1;
    }
  }
  equal(refused, 4);
});

Deno.test("[O30] counters: a digest is told of all packets, once those that were told are all different", () => {
  const counters = new Counters(hashOf);
  const note = (mark: number) => {
    const event: Event = { ...packet };
    readDigest(event, mark * 0x10001);
    counters.note(event);
  };
  const digest = (packets: number, sum: number) => ({ place: PLACE, flow: FLOW, packets, sum });
  const told = (number: number, packets: number, digests: Digest[]) =>
    counters.take(reading(number, [of(packets)], { digests }), source, true).at(-1)!.rows[0]!
      .countedDigest;
  counters.take(reading(0, []), source, true);
  for (let mark = 1; mark <= 31; mark++) note(mark);
  equal(told(1, 5, [digest(5, 70)]), undefined, "too few were told");
  note(32);
  equal(told(2, 5, [digest(5, 70)]), 70);
  equal(told(3, 5, [digest(4, 70)]), undefined, "one is not in it");
  equal(told(4, 5, []), undefined);
  note(7);
  equal(told(5, 5, [digest(5, 70)]), undefined, "two are alike");
  // What is alike is forgotten after as many others.
  for (let mark = 100; mark < 131; mark++) note(mark);
  equal(told(6, 5, [digest(5, 2 ** 40 - 1)]), 2 ** 40 - 1);
});

Deno.test("[O30] counters: a second counter of a flow that nothing numbers is its digest", () => {
  const readings: Reading[] = [];
  const lines = new CountLines((reading) => readings.push(reading));
  const key = (3n << 59n) + 3n;
  lines.begin(["G", "1000", "1"]);
  lines.line(`@flows1[1, ${key}]: ${(5n << 24n) + 4n}`);
  // A sum that has wrapped, as bpftrace spells it.
  lines.line(`@flows1[2, ${key}]: ${-(1n << 24n) + 4n}`);
  lines.end();
  deepEqual(readings[0]!.flows, []);
  deepEqual(readings[0]!.digests, [
    { place: 1n, flow: 3n, packets: 4, sum: 5 },
    { place: 2n, flow: 3n, packets: 4, sum: 2 ** 40 - 1 },
  ]);
});

/**
 * [O23] Counters have the room that they are given on each bpftrace that we can get, and packets that find
 * none are counted by their place. Needs root; skipped without.
 */
import { deepStrictEqual as equal, fail, ok } from "node:assert/strict";
import { execa } from "execa";
import { bpftraceOf, SUITES } from "../../../test/bpftrace/debian.ts";
import { Pair } from "../../../test/bpftrace/pair.ts";
import { readCapability } from "../kernel/capability.ts";
import type { Reading } from "../read/count_lines.ts";
import { createDecoder } from "../read/decode.ts";
import { startBpftrace } from "./bpftrace.ts";
import { newMix } from "./counting.ts";
import { loadSources, render } from "./render.ts";

const ignore = Deno.uid() !== 0;
const FLOWS = 300;
/** Fewer than there are flows. */
const FEW = 128;
const MANY = 20_000;

/** A datagram to each of so many ports, from one port, and then the same again. */
const SEND = `use Socket; socket(S,PF_INET,SOCK_DGRAM,17) or die; for (1,2) { for $p (1..${FLOWS}) {
send(S,"x",0,sockaddr_in(2000+$p,inet_aton("10.77.0.2"))) } }`;

const binaries = [
  "bpftrace",
  ...(ignore ? [] : await Promise.all(SUITES.map(bpftraceOf))).flatMap(
    (other) => typeof other === "string" ? [] : [other.binary],
  ),
];

for (const binary of binaries) {
  Deno.test({
    name: `[O23] counters have the room that they are given, ${binary}`,
    ignore,
    fn: () => hasRoom(binary),
  });
}

async function hasRoom(binary: string): Promise<void> {
  const pair = await Pair.create("lhcr");
  try {
    await pair.ping(1);
    const few = await counted(binary, FEW, pair);
    equal(few.sizes, [FEW, FEW]);
    ok(few.most <= FEW, `${few.most} flows have a counter at once, must be ${FEW} or fewer`);
    // What has no counter is known, to the packet.
    equal(few.packets + few.without, 2 * FLOWS);
    ok(few.without > 0, "nothing was without a counter");
    const many = await counted(binary, MANY, pair);
    equal(many.sizes, [MANY, MANY]);
    equal([many.flows.size, many.packets, many.without], [FLOWS, 2 * FLOWS, 0]);
  } finally {
    await pair.remove();
  }
}

/** What was counted where packets are handed to the first device. */
async function counted(binary: string, mapKeys: number, pair: Pair) {
  const capability = await readCapability(binary);
  const { program } = render(await loadSources(), {
    tracepoints: capability.tracepoints,
    kprobes: capability.kprobes,
    netns: [pair.netns[0]],
    filter: "$op == 17",
    follow: false,
    counters: newMix(),
    budget: null,
    tunnelPorts: { vxlan: [], geneve: [], fou: [] },
    conntrack: null,
    reason: capability.dropReason,
    raw: capability.raw,
  });
  const readings: Reading[] = [];
  let heard = () => {};
  const decoder = createDecoder({
    onReading(reading) {
      readings.push(reading);
      heard();
    },
    ...{ onEvent() {}, onTick() {}, reasonName: String },
    onRefused: (line) => fail(`"${line}" is not understood`),
  });
  const run = await startBpftrace({
    ...{ program, binary, version: capability.bpftrace!, mapKeys },
    onLine: (line) => decoder.line(line),
    onLost: (count) => ok(count === 0, `${count} lines were lost`),
  });
  const until = (number: number) =>
    new Promise<void>((resolve) => {
      heard = () => (readings.at(-1)?.number ?? -1) >= number && resolve();
      heard();
    });
  await run.ready;
  await until(1);
  const sizes = sizesOf(run.pid);
  const first = readings.length;
  await execa("ip", ["netns", "exec", pair.names[0], "perl", "-e", SEND]);
  // The reading that was going on, and the one after it, which has the other pair of maps.
  await until(readings.at(-1)!.number + 3);
  const those = readings.slice(first);
  await run.stop();
  ok(those.every(({ isWhole }) => isWhole));
  // Packets of one flow may be of two epochs, which are in the bits above.
  const flows = new Set(
    those.flatMap((reading) => reading.flows.map(({ flow }) => BigInt.asUintN(52, flow))),
  );
  const sum = (numbers: Iterable<number>) => [...numbers].reduce((a, b) => a + b, 0);
  const packets = sum(those.flatMap((reading) => reading.flows.map(({ packets }) => packets)));
  const all = sum(those.flatMap(({ places }) => [...places.values()]));
  const most = Math.max(...those.map((reading) => reading.flows.length));
  return { sizes, flows, most, packets, without: all - packets };
}

/** Places of both maps that count flows: those of counters for each processor with two words as key. */
function sizesOf(pid: number): number[] {
  return [...Deno.readDirSync(`/proc/${pid}/fdinfo`)].flatMap(({ name }) => {
    const text = Deno.readTextFileSync(`/proc/${pid}/fdinfo/${name}`);
    const field = (word: string) => Number(new RegExp(`^${word}:\\s*(\\d+)`, "m").exec(text)?.[1]);
    return field("map_type") === 5 && field("key_size") === 16 ? [field("max_entries")] : [];
  });
}

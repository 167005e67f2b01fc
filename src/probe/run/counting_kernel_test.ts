/**
 * [O23] Counters have the room that they are given on each bpftrace that we can get, and packets that find
 * none are counted by their place. Needs root; skipped without.
 */
import { deepStrictEqual as equal, fail, ok } from "node:assert/strict";
import { execa } from "execa";
import { everyBinary } from "../../../test/bpftrace/debian.ts";
import { Pair } from "../../../test/bpftrace/pair.ts";
import { sideBySide } from "../../../test/side_by_side.ts";
import { readCapability } from "../kernel/capability.ts";
import { type Reading, TOGETHER, UNCLEAR } from "../read/count_lines.ts";
import { createDecoder } from "../read/decode.ts";
import { startBpftrace } from "./bpftrace.ts";
import { newMix } from "./counting.ts";
import { MissMeter } from "./missed.ts";
import { loadSources, render } from "./render.ts";
import { monotonicClock } from "../state/mod.ts";

const ignore = Deno.uid() !== 0;
const FLOWS = 300;
/** Fewer than there are flows. */
const FEW = 128;
const MANY = 20_000;

/**
 * Packets that datagrams are put together in, and how many there are in each. By IPv4 each has the id
 * after the one before, so these are all ids that there are: each epoch, and after the last the first.
 */
const PUT_TOGETHER = { 4: 65_536, 6: 2_300 };
const SEGMENTS = 60;
const SEGMENT_BYTES = 101;

/** As many as that of one flow, by IPv4 or IPv6: what the kernel hands on is not cut before it arrives. */
const SEND_TOGETHER = `use Socket; use Socket qw(inet_pton pack_sockaddr_in6 AF_INET6);
($f,$a)=$ARGV[0] eq "4" ? (AF_INET,pack_sockaddr_in(2000,inet_aton("10.77.0.2")))
: (AF_INET6,pack_sockaddr_in6(2000,inet_pton(AF_INET6,"fd77::2")));
socket(S,$f,SOCK_DGRAM,17) or die; connect(S,$a) or die; setsockopt(S,17,103,${SEGMENT_BYTES}) or die "$!";
$n=0; while($n<$ARGV[1]) { defined send(S,"x"x${SEGMENTS * SEGMENT_BYTES},0) and $n++ }`;

/** A datagram to each of so many ports, from one port, and then the same again. */
const SEND = `use Socket; socket(S,PF_INET,SOCK_DGRAM,17) or die; for (1,2) { for $p (1..${FLOWS}) {
send(S,"x",0,sockaddr_in(2000+$p,inet_aton("10.77.0.2"))) } }`;

/** Packets of TCP that a card of a guest has not cut. */
const UNCUT = 20;
const UNCUT_BYTES = 2_920;
const UNCUT_SEGMENT = 1_448;

/**
 * A tap's owner says what a card says: how long a segment is. Ethernet, IPv4 and TCP, of which the
 * checksums are not looked at before the tracepoint.
 */
const RECEIVE_UNCUT = `sysopen(T,"/dev/net/tun",2) or die "$!";
$r=pack("a16 S x22","lhct0",0x5002); ioctl(T,0x400454ca,$r) or die "$!"; system "ip link set lhct0 up";
for $n (1..${UNCUT}) {
$eth=pack("H12 H12 n","020000000001","020000000002",0x800);
$ip=pack("CCnnnCCnNN",0x45,0,${40 + UNCUT_BYTES},$n,0x4000,64,6,0,0x0a4d0901,0x0a4d0902);
$tcp=pack("nnNNCCnnn",1000,2000,$n*${UNCUT_BYTES},1,0x50,0x18,65535,0,0);
syswrite(T,pack("CCSSSS",1,1,54,${UNCUT_SEGMENT},34,16).$eth.$ip.$tcp."x"x${UNCUT_BYTES}) or die "$!" }`;

const binaries = ignore ? [] : await everyBinary();

/** Each waits for readings, which come once a second, and knows how many runs the kernel left out. */
sideBySide(
  "[O23] counters on each bpftrace",
  ignore,
  binaries.map((binary) => [
    {
      name: `[O23] counters have the room that they are given, ${binary}`,
      fn: () => hasRoom(binary),
    },
    {
      name: `[O23] segments that are put together are counted one by one, with bytes, ${binary}`,
      fn: () => isExact(binary),
    },
    {
      name: `[O23] segments that a card has not cut are counted by how long they are, ${binary}`,
      fn: () => countsUncut(binary),
    },
  ]),
);

/** IP ids of one epoch. */
const EPOCH_IDS = 2_048;

/** [O23] Each segment counts in its own epoch, with its bytes; of IPv6 all are of one. */
async function isExact(binary: string): Promise<void> {
  const pair = await Pair.create("lhce");
  try {
    await pair.ping(1);
    const [a, b] = pair.names;
    for (const [name, device, own] of [[a, "lhbv0", 1], [b, "lhbv1", 2]] as const) {
      const address = ["address", "add", `fd77::${own}/64`, "dev", device, "nodad"];
      await execa("ip", ["-n", name, ...address]);
    }
    await execa("ip", ["netns", "exec", a, "ping", "-q", "-c", "1", "-W", "5", "fd77::2"]);
    for (const family of [4, 6] as const) {
      const sent = PUT_TOGETHER[family];
      const { those, packets, bytes, without, leftOut } = await counted(
        ...[binary, MANY, pair] as const,
        SEND_TOGETHER,
        ["$op == 17", `${family}`, `${sent}`],
      );
      const all = sent * SEGMENTS;
      equal([without, bytes], [0, packets * SEGMENT_BYTES], `IPv${family}`);
      ok(
        packets <= all && packets + leftOut * SEGMENTS >= all,
        `${packets} of ${all} by IPv${family}, and ${leftOut} runs left out`,
      );
      const epochs = new Map<bigint, number>();
      for (const { flow: word, packets } of those.flatMap(({ flows }) => flows)) {
        ok((word & TOGETHER) !== 0n, "a packet that was put together is not known to be");
        const flow = word - TOGETHER;
        epochs.set(flow >> 52n, (epochs.get(flow >> 52n) ?? 0) + packets);
      }
      if (family === 6) equal([...epochs], [[0n, packets]]);
      else if (packets === all) {
        // A segment has its packet's id or one of those after it: each id has as many as a packet.
        const each = Array.from({ length: 0x10000 / EPOCH_IDS }, () => EPOCH_IDS * SEGMENTS);
        equal(
          [...epochs.keys()].sort((a, b) => Number(a - b)),
          each.map((_, epoch) => BigInt(epoch)),
        );
        equal([...epochs.values()], each);
      }
    }
  } finally {
    await pair.remove();
  }
}

async function countsUncut(binary: string): Promise<void> {
  const pair = await Pair.create("lhcu");
  try {
    const told = await counted(binary, MANY, pair, RECEIVE_UNCUT, ["$op == 6"]);
    const each = Math.ceil(UNCUT_BYTES / UNCUT_SEGMENT);
    const words = told.those.flatMap(({ flows }) => flows.map(({ flow }) => flow));
    ok(words.length > 0, "nothing was counted");
    ok(words.every((word) => (word & TOGETHER) !== 0n), "several were taken for one");
    ok(words.every((word) => (word & UNCLEAR) === 0n), "how many there are is not known");
    const { packets, bytes, leftOut } = told;
    equal([packets % each, bytes], [0, packets / each * UNCUT_BYTES]);
    ok(packets <= UNCUT * each && packets + leftOut * each >= UNCUT * each, `${packets} packets`);
  } finally {
    await pair.remove();
  }
}

async function hasRoom(binary: string): Promise<void> {
  const pair = await Pair.create("lhcr");
  try {
    await pair.ping(1);
    const few = await counted(binary, FEW, pair);
    equal(few.sizes, [FEW, FEW]);
    ok(few.most <= FEW, `${few.most} flows have a counter at once, must be ${FEW} or fewer`);
    // What has no counter is known, to the packet.
    isAll(few);
    ok(few.without > 0, "nothing was without a counter");
    const many = await counted(binary, MANY, pair);
    equal(many.sizes, [MANY, MANY]);
    equal(many.without, 0);
    isAll(many);
    ok(many.flows.size <= FLOWS && many.flows.size + many.leftOut >= FLOWS);
    equal(many.bytes, many.packets);
    const words = many.those.flatMap(({ flows }) => flows.map(({ flow }) => flow));
    ok(words.every((word) => (word & TOGETHER) === 0n), "one packet was taken for several");
  } finally {
    await pair.remove();
  }
}

/** Each packet was counted, by its flow or without, but for runs that the kernel left out. */
function isAll({ packets, without, leftOut }: Awaited<ReturnType<typeof counted>>): void {
  const all = packets + without;
  ok(
    all <= 2 * FLOWS && all + leftOut >= 2 * FLOWS,
    `${all} of ${2 * FLOWS}, and ${leftOut} runs left out`,
  );
}

/** What was counted where packets are handed to the first device. */
async function counted(
  binary: string,
  mapKeys: number,
  pair: Pair,
  sending = SEND,
  [filter = "$op == 17", ...words]: string[] = [],
) {
  const capability = await readCapability(binary);
  const { program } = render(await loadSources(), {
    tracepoints: capability.tracepoints,
    kprobes: capability.kprobes,
    netns: [pair.netns[0]],
    filter,
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
  const meter = new MissMeter(run.pid, monotonicClock());
  meter.look();
  const first = readings.length;
  await execa("ip", ["netns", "exec", pair.names[0], "perl", "-e", sending, ...words]);
  // The reading that was going on, and the one after it, which has the other pair of maps.
  await until(readings.at(-1)!.number + 3);
  const those = readings.slice(first);
  const leftOut = meter.look()!.count;
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
  const bytes = sum(those.flatMap((reading) => reading.flows.map(({ bytes }) => bytes)));
  return { sizes, flows, most, packets, bytes, those, without: all - packets, leftOut };
}

/** Places of both maps that count flows: those of counters for each processor with two words as key. */
function sizesOf(pid: number): number[] {
  return [...Deno.readDirSync(`/proc/${pid}/fdinfo`)].flatMap(({ name }) => {
    const text = Deno.readTextFileSync(`/proc/${pid}/fdinfo/${name}`);
    const field = (word: string) => Number(new RegExp(`^${word}:\\s*(\\d+)`, "m").exec(text)?.[1]);
    return field("map_type") === 5 && field("key_size") === 16 ? [field("max_entries")] : [];
  });
}

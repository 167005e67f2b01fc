/**
 * The rendered program on each bpftrace we can get: the machine's own, that of Debian 13 and the
 * newest. Each must load it, see every packet of a known load, and count what it loses.
 */
import { deepStrictEqual as same, ok } from "node:assert";
import type { Event } from "../src/event/event.ts";
import { budgetOf, bufferPages } from "../src/probe/run/budget.ts";
import { startBpftrace } from "../src/probe/run/bpftrace.ts";
import { type Capability, readCapability } from "../src/probe/kernel/capability.ts";
import { createDecoder } from "../src/probe/read/decode.ts";
import { SampledList } from "../src/probe/read/sampled_list.ts";
import { loadSources, render } from "../src/probe/run/render.ts";
import { mayHaveLinesOnStack } from "../src/probe/run/raw.ts";
import { newMix } from "../src/probe/run/counting.ts";
import { MissMeter } from "../src/probe/run/missed.ts";
import { DEFAULT_SHARE } from "../src/probe/run/share.ts";
import { monotonicClock } from "../src/probe/state/mod.ts";
import { bpftraceOf, SUITES } from "./bpftrace/debian.ts";
import { Pair } from "./bpftrace/pair.ts";

/** A prime, so that no other count is a multiple of it by accident. */
const PINGS = 23;

const ICMP_ECHO = "$op == 1 || $of == 1";

interface Seen {
  events: Event[];
  refused: string[];
  lost: number;
  /** Runs of scripts that the kernel left out. */
  leftOut: number;
  lines: number;
  /** Stretches in which not all was told. */
  sampled: ReturnType<SampledList["told"]>;
  /** Times of the heartbeats. */
  ticks: bigint[];
}

const ignore = Deno.uid() !== 0;

Deno.test({ name: "the program works on the bpftrace of this machine", ignore }, async (t) => {
  await works("bpftrace", t);
});

const others = ignore ? [] : await Promise.all(SUITES.map(bpftraceOf));

for (const [i, other] of others.entries()) {
  const name = `the program works on the bpftrace of Debian ${SUITES[i]}`;
  if (typeof other === "string") {
    Deno.test({ name: `${name}, not tried: ${other}`, ignore: true, fn() {} });
  } else {
    Deno.test(name, (t) => works(other.binary, t));
  }
}

async function works(binary: string, t: Deno.TestContext): Promise<void> {
  const capability = await readCapability(binary);
  const pair = await Pair.create("lhbv");
  try {
    for (const raw of capability.raw ? [false, true] : [false]) {
      const how = `${capability.bpftrace}, ${raw ? "raw tracepoints" : "tracepoints"}`;
      await t.step(`${how}: every packet of ${PINGS} pings`, () => sees(binary, capability, raw));
      await t.step(`${how}: every line it loses`, () => counts(binary, capability, raw));
      await t.step(
        `${how}: some packets at every hop`,
        () => chooses(binary, capability, raw, pair),
      );
      if (!raw) continue;
      await t.step(
        `${how}: a heartbeat in the middle of a script spoils no line`,
        () => beats({ binary, capability, raw }, pair),
      );
    }
  } finally {
    await pair.remove();
  }

  async function sees(binary: string, capability: Capability, raw: boolean): Promise<void> {
    const seen = await trace(
      { binary, capability, raw, pair, budget: 8_000 },
      () => pair.ping(PINGS),
    );
    const [a, b] = pair.netns;
    const echoes = (kind: string, netns: number, device: string, icmpType: number) =>
      seen.events.filter((each) =>
        each.kind === kind && each.netns === netns && each.device === device &&
        each.icmpType === icmpType
      ).length;
    const counted = {
      sent: echoes("device-tx", a, "lhbv0", 8),
      arrived: echoes("device-rx", b, "lhbv1", 8),
      answered: echoes("device-tx", b, "lhbv1", 0),
      returned: echoes("device-rx", a, "lhbv0", 0),
    };
    for (const [what, count] of Object.entries(counted)) {
      const all = `${count} of ${PINGS} ${what}, and ${seen.leftOut} runs left out`;
      ok(count <= PINGS && count + seen.leftOut >= PINGS, all);
    }
    same([seen.lost, seen.refused], [0, []]);
    // 0.23 misreads the name in a tracepoint's record, and is given raw tracepoints instead.
    if (!raw && capability.bpftrace!.startsWith("0.23.")) return;
    const neighbours = seen.events
      .filter(({ kind, gateway }) => kind === "neighbour" && gateway?.startsWith("10.77.0."))
      .map(({ gateway, device }) => `${gateway} ${device}`);
    ok(neighbours.includes("10.77.0.2 lhbv0"), `neighbours: "${neighbours.join()}"`);
  }

  async function counts(binary: string, capability: Capability, raw: boolean): Promise<void> {
    const { events, lost, lines } = await trace(
      { binary, capability, raw, pair, stopped: true, budget: null },
      () => pair.flood(1_000, capability.cpus),
    );
    // Each ping leaves and arrives twice; how it is freed differs.
    const least = 1_000 * capability.cpus * 4;
    ok(lost > 0, "nothing was lost, must overflow");
    ok(lines + lost >= least, `${lines} lines and ${lost} lost, must be ${least} or more`);
    const sent = events.filter(({ kind }) => kind === "device-tx").length;
    ok(sent < least / 2, "the reader was stopped, and missed nothing");
  }
}

/** Pings of one processor: they last for some tenths of a second, in each of which a mask is chosen. */
const FLOOD = 120_000;

/** More than this many heartbeats must have been told. */
const HEARTBEATS = 300;

/** [O22] More than may be told: what is of the ranks in force is told at each hop, or counted as lost. */
async function chooses(binary: string, capability: Capability, raw: boolean, pair: Pair) {
  // Six events each within some tenths of a second: many times what these may have for long.
  const burst = await trace(
    { binary, capability, raw, pair, budget: 1_000 },
    () => pair.flood(200, 1),
  );
  same(burst.sampled.filter(({ rank }) => rank > 0), [], "a burst was not told whole");
  // How many go in a second is the machine's affair: of one of these budgets some packets are chosen.
  for (const budget of [4_000, 1_000, 10_000]) {
    if (await choosesWithin(budget, { binary, capability, raw }, pair)) return;
  }
  throw new Error("nothing was chosen with any budget, so that nothing was shown");
}

/** False where too few were chosen to show anything. */
async function choosesWithin(
  budget: number,
  program: Pick<TraceOptions, "binary" | "capability" | "raw">,
  pair: Pair,
): Promise<boolean> {
  const { capability } = program;
  const { events, lost, leftOut, sampled } = await trace(
    { ...program, pair, budget },
    () => pair.flood(FLOOD, capability.cpus),
  );
  // A bpftrace that waits long for a processor loses lines, and says how many: no more may be missing.
  ok(lost < events.length / 10, `${lost} lost and ${events.length} told`);
  const [a, b] = pair.netns;
  const places = ([["device-tx", a, 8], ["device-rx", b, 8], ["device-tx", b, 0]] as const)
    .map(([kind, netns, type]) =>
      events.filter((each) => each.kind === kind && each.netns === netns && each.icmpType === type)
    );
  const inForce = ({ timeNs }: Event) =>
    Math.max(
      0,
      ...sampled.filter(({ fromNs, toNs }) => BigInt(fromNs) <= timeNs && timeNs <= BigInt(toNs))
        .map(({ rank }) => rank),
    );
  const [sent, ...later] = places as [Event[], ...Event[][]];
  // How long an answer takes is far less than a stretch is wider than it was.
  const chosen = sent.filter((each) => each.rank! >= inForce(each));
  for (const place of later) {
    const seen = new Set(place.map(({ icmpId, icmpSequence }) => `${icmpId} ${icmpSequence}`));
    const missing = chosen.filter(({ icmpId, icmpSequence }) =>
      !seen.has(`${icmpId} ${icmpSequence}`)
    );
    ok(
      missing.length <= lost + leftOut,
      `${missing.length} of ${chosen.length} were not told everywhere, and ${lost} lost, and ` +
        `${leftOut} runs left out`,
    );
  }
  ok(sent.length < FLOOD * capability.cpus, `${sent.length} told, must be fewer`);
  return chosen.length > 20;
}

/**
 * As many heartbeats as make hundreds of them run in the middle of a script on a raw tracepoint. Before
 * their arguments had a place of their own, each such script printed the heartbeat once more instead of
 * its packet.
 */
async function beats(program: Pick<TraceOptions, "binary" | "capability" | "raw">, pair: Pair) {
  const { ticks, refused, events } = await trace(
    { ...program, pair, budget: 1_000_000, beatUs: 200, all: true },
    async (seen) => {
      // A busy machine runs the timer seldom, and how long a flood takes is its affair, too.
      for (let floods = 0; floods < 8 && seen.ticks.length <= HEARTBEATS; floods++) {
        await pair.flood(20_000, program.capability.cpus);
      }
    },
  );
  ok(
    ticks.length > HEARTBEATS && events.length > 1_000,
    `${ticks.length} heartbeats, ${events.length} events`,
  );
  same([ticks.length - new Set(ticks).size, refused], [0, []]);
}

interface TraceOptions {
  pair: Pair;
  binary: string;
  capability: Capability;
  raw: boolean;
  /** Stops bpftrace while the load runs, so that its buffers, which are small then, overflow. */
  stopped?: boolean;
  /** Events a second; null for all, as much as there is. */
  budget: number | null;
  /** All namespaces are watched. */
  all?: boolean;
  /** Microseconds between heartbeats; a tenth of a second where absent. */
  beatUs?: number;
}

async function trace(
  { binary, capability, raw, pair, stopped, budget, all, beatUs }: TraceOptions,
  load: (seen: Readonly<Seen>) => Promise<void>,
): Promise<Seen> {
  const seen: Seen = {
    events: [],
    refused: [],
    lost: 0,
    leftOut: 0,
    lines: 0,
    sampled: [],
    ticks: [],
  };
  const list = new SampledList();
  const { program } = render(await loadSources(), {
    tracepoints: capability.tracepoints,
    kprobes: capability.kprobes,
    netns: all ? null : pair.netns,
    filter: ICMP_ECHO,
    follow: true,
    counters: newMix(),
    budget: budget === null
      ? null
      : budgetOf({ ...DEFAULT_SHARE, eventsPerSecond: budget }, capability),
    tunnelPorts: { vxlan: [4789], geneve: [6081], fou: [] },
    conntrack: capability.conntrack,
    headerWords: capability.headerWords,
    reason: capability.dropReason,
    raw,
    linesOnStack: mayHaveLinesOnStack(capability.bpftrace),
  });
  let onTick = () => {};
  const decoder = createDecoder({
    onEvent: (event) => seen.events.push(event),
    onTick: (timeNs, inForce) => {
      seen.ticks.push(timeNs);
      if (inForce !== undefined) list.tick(timeNs, inForce);
      onTick();
    },
    onRefused: (line) => seen.refused.push(line),
    reasonName: String,
    onReading() {},
  });
  const run = await startBpftrace({
    program: beatUs === undefined ? program : beatingEach(beatUs, program),
    binary,
    version: capability.bpftrace!,
    bufferPages: stopped ? 64 : bufferPages(DEFAULT_SHARE, capability),
    onLine(line) {
      if (/^[A-Z]\t/.test(line)) seen.lines += 1;
      decoder.line(line);
    },
    onLost: (count) => seen.lost += count,
  });
  const meter = new MissMeter(run.pid, monotonicClock());
  try {
    await run.ready;
    meter.look();
    if (stopped) Deno.kill(run.pid, "SIGSTOP");
    await load(seen);
  } finally {
    if (stopped) Deno.kill(run.pid, "SIGCONT");
  }
  // What was printed before the second tick from now has been read; 0.17 needs a pause to count.
  const ticksWanted = stopped ? 10 : 2;
  const { promise, resolve } = Promise.withResolvers<void>();
  let ticks = 0;
  onTick = () => ++ticks === ticksWanted && resolve();
  await promise;
  seen.leftOut = meter.look()!.count;
  await run.stop();
  decoder.flush();
  seen.sampled = list.told();
  return seen;
}

/** The heartbeat is the last of the scripts that run each tenth of a second. */
function beatingEach(us: number, program: string): string {
  const interval = "interval:ms:100";
  const at = program.lastIndexOf(interval);
  ok(at >= 0, "the program has no heartbeat");
  return `${program.slice(0, at)}interval:us:${us}${program.slice(at + interval.length)}`;
}

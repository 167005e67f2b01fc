/**
 * A busy flow, on each bpftrace that we can get. [O22] [O23] A slow ping that is dropped beside it is
 * judged, with the budget that is the default, as the flow is, and what was not told is accounted for.
 * [O25] A recorder keeps some of its packets' ways, and counts the others that die.
 */
import { deepStrictEqual as same, ok } from "node:assert/strict";
import { analyse } from "../src/analysis/mod.ts";
import type { Batch } from "../src/analysis/mod.ts";
import { decodeLine } from "../src/event/codec.ts";
import type { Event } from "../src/event/event.ts";
import { resolveNodes, startSession } from "../src/probe/session/mod.ts";
import type { ProbeBatch } from "../src/probe/ship/batcher.ts";
import { monotonicClock } from "../src/probe/state/mod.ts";
import { type Scene, withScene } from "../src/probe/state/kernel_testing.ts";
import { bpftraceOf, SUITES } from "./bpftrace/debian.ts";

const NET = `
ip link add bf0 netns $A type veth peer name bf0 netns $B
ip -n $A addr add 10.7.4.1/24 dev bf0; ip -n $A link set bf0 up
ip -n $B addr add 10.7.4.2/24 dev bf0; ip -n $B link set bf0 up; ip -n $B link set lo up
ip netns exec $B nft 'table inet t { chain i { type filter hook input priority 0; icmp type echo-request drop; udp length 20 drop; }; }'
`;

/** Several events each, of which the default tells 8,000 a second, and 37,000 at once. */
const DATAGRAMS = 60_000;
const PINGS = 12;
/** Datagrams that die in the receiver's firewall. */
const DYING = 600;
/** So many wait for an answer at most, so that no queue drops one. */
const WINDOW = 50;

/** Answers each window of datagrams, until it has all. */
const ANSWER = `
import socket
u = socket.socket(2, 2); u.bind(("10.7.4.2", 7)); print("up", flush=True)
for i in range(${DATAGRAMS}):
  _, who = u.recvfrom(99)
  if i % ${WINDOW} == ${WINDOW - 1}: u.sendto(b"more", who)
print("all", flush=True)
`;

/** Sends the datagrams window by window, and evenly between them what else is to be sent. */
const talk = (between: string, count: number) => `
import socket, struct
u = socket.socket(2, 2); u.bind(("10.7.4.1", 4000)); u.connect(("10.7.4.2", 7))
e = socket.socket(2, 3, 1)
def ping(i):
  n = i * ${count} // ${DATAGRAMS} + 1
  s = 0x800 + 77 + n
  e.sendto(struct.pack("!BBHHH", 8, 0, 0xffff - s, 77, n), ("10.7.4.2", 0))
def dying(i): u.send(b"x" * 12)
for i in range(${DATAGRAMS}):
  u.send(b"x" * 30)
  if i % ${WINDOW} == ${WINDOW - 1}: u.recv(9)
  if i % ${DATAGRAMS / count} == 0: ${between}(i)
`;

const ignore = Deno.uid() !== 0;
const others = ignore ? [] : await Promise.all(SUITES.map(bpftraceOf));

busyTest("of this machine", "bpftrace");
for (const [i, other] of others.entries()) {
  const name = `of Debian ${SUITES[i]}`;
  if (typeof other === "string") busyTest(`${name}, not tried: ${other}`, null);
  else busyTest(name, other.binary);
}

function busyTest(which: string, binary: string | null): void {
  Deno.test({
    name: `a slow ping is judged beside a busy flow, by the bpftrace ${which}`,
    ignore: ignore || binary === null,
    fn: () => withScene((scene) => judged(scene, binary!)),
  });
  Deno.test({
    name: `a recorder keeps the way of some packets of a busy flow, by the bpftrace ${which}`,
    ignore: ignore || binary === null,
    fn: () => withScene((scene) => recorded(scene, binary!)),
  });
}

async function judged(scene: Scene, binary: string): Promise<void> {
  await scene.sh(NET);
  const [a, b] = await Promise.all([scene.handle("a"), scene.handle("b")]);
  const batches = (await traced(scene, { binary, between: "ping", count: PINGS })).map(readBatch);
  const events = batches.flatMap((batch) => batch.events);
  const headers = batches.map(({ header }) => header);
  const report = analyse({ incident: "busy", batches, filter: "", closed: true, evicted: 0 });
  const flowOf = (protocol: string) =>
    report.flows.find((flow) => flow.protocol === protocol && flow.source === "10.7.4.1");
  const { totals, missed = [], sampled = [] } = headers.at(-1)!;
  const lost = totals.lost + totals.evicted;
  const unheard = missed.reduce((sum, { count }) => sum + count, 0);
  const [ping, busy] = ["icmp", "udp"].map((protocol) => {
    const flow = flowOf(protocol);
    return [flow?.outcome, flow?.cause?.code];
  });
  same(ping, ["dropped", "netfilter-drop"]);
  // Where the kernel left runs out, or events were lost, some of it may not be known.
  const isUnsure = lost + unheard > 0 && busy![0] === "unknown";
  same(busy, [isUnsure ? "unknown" : "delivered", undefined]);

  ok(sampled.some(({ rank }) => rank > 0), "all was told, so that this shows nothing");
  same([totals.refused, sampled.filter(({ dropRank }) => dropRank > 0)], [0, []]);
  const drops = events.filter(({ kind, protocol }) => kind === "drop" && protocol === 1).length;
  ok(drops <= PINGS && drops + lost + unheard >= PINGS, `${drops} drops of ${PINGS} pings`);
  ok(flowOf("icmp")!.packets.dropped >= PINGS - lost - unheard, "a dropped ping is not counted");
  // What was told and what was left out is what was sent, unless it is said that some was not heard.
  for (const [place, netns, at] of [["sent", a.inode, 2], ["received", b.inode, 1]] as const) {
    const counted = sum(
      events,
      (event) =>
        event.kind === "counted" && event.netns === netns && event.countedAt === at &&
        event.protocol === 17 && event.source === "10.7.4.1",
    );
    ok(
      counted <= DATAGRAMS && counted + unheard >= DATAGRAMS,
      `${counted} of ${DATAGRAMS} ${place}, and ${unheard} runs left out`,
    );
  }
}

async function recorded(scene: Scene, binary: string): Promise<void> {
  await scene.sh(NET);
  const batches = await traced(scene, { binary, between: "dying", count: DYING, recorder: true });
  const { totals, recorder, missed = [] } = batches.at(-1)!.header;
  const unsure = [totals.lost, totals.evicted, ...missed.map(({ count }) => count)]
    .reduce((all, count) => all + count, 0);
  const events = batches.flatMap((batch) => readBatch(batch).events);
  const dead = events.filter(({ protocol, payload }) => protocol === 17 && payload === 12);
  const idsOf = (kind: string) =>
    new Set(dead.filter((event) => event.kind === kind).map(({ ipId }) => ipId));
  const [drops, sent, received] = ["drop", "device-tx", "device-rx"].map(idsOf);
  ok(drops!.size <= DYING && drops!.size + unsure >= DYING, `${drops!.size} of ${DYING} told`);
  // Until the flow is busy each has a way, then one in sixteen has: the same ones on both nodes.
  const [whole, spared] = [sent!.intersection(received!).size, recorder?.spared ?? 0];
  ok(whole > 0 && whole < DYING / 2, `${whole} of ${DYING} have a way`);
  const halves = sent!.symmetricDifference(received!).size;
  ok(halves <= whole / 2, `${halves} have a half of their way, and ${whole} a whole one`);
  // A datagram of the busy flow that finds its reader's buffer full died, too, and most have no way.
  const died = events.filter(({ kind }) => kind === "drop").length;
  ok(
    spared > 0 && spared + whole <= died + unsure,
    `${spared} spared, and ${whole} ways, of ${died} drops`,
  );
}

const sum = (events: readonly Event[], isMeant: (event: Event) => boolean) =>
  events.filter(isMeant).reduce((all, { counted = 0 }) => all + counted, 0);

interface Tracing {
  binary: string;
  /** What is sent between the datagrams, and how often. */
  between: "ping" | "dying";
  count: number;
  recorder?: boolean;
}

async function traced(
  scene: Scene,
  { binary, between, count, recorder }: Tracing,
): Promise<ProbeBatch[]> {
  const batches: ProbeBatch[] = [];
  const counted = new Readings();
  const session = await startSession({
    nodes: await resolveNodes([
      { name: "a", netns: [scene.a] },
      { name: "b", netns: [scene.b] },
    ], ""),
    filter: "host 10.7.4.1",
    incident: "busy",
    bpftrace: binary,
    recorder,
    onBatch(batch) {
      batches.push(batch);
      counted.take(batch);
    },
    onProgress: () => {},
  });
  try {
    await session.ready;
    await scene.sh(`ANSWER='${ANSWER}'; TALK='${talk(between, count)}'
      ip netns exec $B python3 -c "$ANSWER" > /tmp/$A.up & while ! grep -q up /tmp/$A.up; do :; done
      ip netns exec $A python3 -c "$TALK"; wait; grep -q all /tmp/$A.up; rm /tmp/$A.up`);
    if (recorder === undefined) await counted.twoFurther();
  } finally {
    await session.stop();
  }
  return batches;
}

/** The times of the readings of counters that came. */
class Readings {
  #times = new Set<bigint>();
  #sinceNs: bigint | undefined;
  #came = Promise.withResolvers<void>();

  take({ header, lines }: ProbeBatch): void {
    for (const text of lines) {
      const line = decodeLine(text);
      // The first line of a reading has no place.
      if (line.type !== "event" || line.event.kind !== "counted") continue;
      if (line.event.netns === undefined) this.#times.add(line.event.timeNs);
    }
    const sinceNs = this.#sinceNs;
    if (sinceNs === undefined || BigInt(header.untilNs) < sinceNs) return;
    if (header.sampled === undefined) this.#came.reject(new Error("all was told: shows nothing"));
    if ([...this.#times].filter((ns) => ns > sinceNs).length >= 2) this.#came.resolve();
  }

  /** Resolves when two of later than now came: what has passed by now is in them, or was before. */
  twoFurther(): Promise<void> {
    this.#sinceNs = monotonicClock()()!;
    return this.#came.promise;
  }
}

function readBatch({ header, lines }: ProbeBatch): Batch {
  const batch: Batch = { header, events: [], states: [], refused: 0 };
  for (const text of lines) {
    const line = decodeLine(text);
    if (line.type === "event") batch.events.push(line.event);
    if (line.type === "state") batch.states.push(line.state);
  }
  return batch;
}

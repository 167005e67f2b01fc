/** Packets whose IP id comes again are counted each, whatever became of it. Rule C10. */
import { deepStrictEqual as equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { analyse, type AnalysisInput } from "../../src/analysis/mod.ts";
import type { Event, EventKind } from "../../src/event/event.ts";
import { inputOf } from "../spec/form/batches.ts";
import { parseSpec } from "../spec/form/spec.ts";
import { workOf } from "./work.ts";

/** Two nodes on a wire, watched for long enough. */
const NODES = `# Two nodes.
-- node a --
until 1000s
netns 1 a
link 2 eth0 veth 02:00:00:00:00:0a 10.0.0.1/24 peer 2@2
-- node b --
until 1000s
netns 2 b
link 2 eth0 veth 02:00:00:00:00:0b 10.0.0.2/24 peer 2@1
-- events --
-- report --
`;

type Fate = "delivered" | "dropped" | "vanished" | "unsent";
const FATES: readonly Fate[] = ["delivered", "dropped", "vanished", "unsent"];

interface Traffic {
  fates: readonly Fate[];
  /** After so many packets an IP id comes again. */
  period: number;
  spacingNs: number;
  /** How long the wire takes. */
  travelNs: number;
  /** How many addresses the memory of packets is taken from, in turn, on each node. */
  pool: number;
}

const SECOND_NS = 1e9;

function inputFrom({ fates, period, spacingNs, travelNs, pool }: Traffic): AnalysisInput {
  const spec = parseSpec(NODES, "repeats");
  const lists: Record<string, Event[]> = { a: [], b: [] };
  const since = new Map(spec.nodes.map(({ name, attachedNs }) => [name, BigInt(attachedNs)]));
  fates.forEach((fate, n) => {
    const tell = (node: "a" | "b", kind: EventKind, at: number, more: Partial<Event>) => {
      const memory = (node === "a" ? 0xa000 : 0xb000) + n % pool;
      lists[node]!.push({
        ...{ kind, cpu: 0, timeNs: since.get(node)! + BigInt(SECOND_NS + at), netns: 0 },
        ...{ skb: memory.toString(16), head: (memory + 0x100_000).toString(16) },
        ...{ network: "ip4", protocol: 17, source: "10.0.0.1", destination: "10.0.0.2" },
        ...{ sourcePort: 4000, destinationPort: 53, payload: 20, ipLength: 48, ttl: 64 },
        ...{ ipId: 1 + n % period, packetType: "host", ifindex: 2, device: "eth0" },
        ...more,
      } as Event);
    };
    const frame = { sourceMac: "02:00:00:00:00:0a", destinationMac: "02:00:00:00:00:0b" };
    const refused = { function: "nf_hook_slow", reason: "NETFILTER_DROP" };
    const at = n * spacingNs;
    if (fate === "unsent") return tell("a", "drop", at, { netns: 1, ...refused });
    tell("a", "device-tx", at, { netns: 1, ...frame });
    if (fate === "vanished") return;
    const there = at + travelNs;
    tell("b", "device-rx", there, { netns: 2, ...frame });
    if (fate === "dropped") tell("b", "drop", there + 100, { netns: 2, ...frame, ...refused });
    else tell("b", "deliver", there + 100, { netns: 2, device: undefined, ifindex: undefined });
  });
  for (const [name, list] of Object.entries(lists)) spec.events.set(name, list);
  return inputOf(spec);
}

function countsOf(input: AnalysisInput) {
  const { seen, delivered, dropped, vanished } = analyse(input).flows[0]!.packets;
  return { seen, delivered, dropped, vanished };
}

function truthOf(fates: readonly Fate[]) {
  const count = (...wanted: Fate[]) => fates.filter((fate) => wanted.includes(fate)).length;
  return {
    seen: fates.length,
    delivered: count("delivered"),
    dropped: count("dropped", "unsent"),
    vanished: count("vanished"),
  };
}

Deno.test("[C10] packets are counted by what became of each, when their IP ids come again", () => {
  const traffic = fc.record({
    fates: fc.array(fc.constantFrom(...FATES), { minLength: 1, maxLength: 40 }),
    period: fc.integer({ min: 1, max: 5 }),
    spacingNs: fc.constantFrom(25e6, 30e6),
    travelNs: fc.constantFrom(10_000, 1e6, 60e6),
    pool: fc.integer({ min: 5, max: 9 }),
  });
  fc.assert(
    fc.property(traffic, (drawn) => {
      equal(countsOf(inputFrom(drawn)), truthOf(drawn.fates));
    }),
    { numRuns: 300 },
  );
});

Deno.test("[C10] one IP id for all packets, in memory of their own, counts each", () => {
  const traffic = fc.record({
    fates: fc.array(fc.constantFrom(...FATES), { minLength: 1, maxLength: 40 }),
    period: fc.constant(1),
    spacingNs: fc.constantFrom(2000, 200_000),
    travelNs: fc.constantFrom(10_000, 1e6),
    pool: fc.constant(64),
  });
  fc.assert(
    fc.property(traffic, (drawn) => {
      equal(countsOf(inputFrom(drawn)), truthOf(drawn.fates));
    }),
    { numRuns: 300 },
  );
});

/** Of 120,000 packets the last 18,000 are dropped; at the wrap, ids of both are in use. */
const wrapped = (count: number, period: number): Traffic => ({
  fates: Array.from({ length: count }, (_, n) => n < count * 0.85 ? "delivered" : "dropped"),
  period,
  spacingNs: 4000,
  travelNs: 10_000,
  pool: 300,
});

Deno.test("[C10] 120,000 packets of one socket, of which the last 18,000 are dropped", () => {
  const traffic = wrapped(120_000, 65_535);
  equal(countsOf(inputFrom(traffic)), truthOf(traffic.fates));
});

for (const period of [1, 997, 65_535]) {
  Deno.test(`[C10] twice the packets, about twice the work: ids come again after ${period}`, () => {
    const [small, large] = [4000, 8000].map((count) => workOf(inputFrom(wrapped(count, period))));
    ok(large! < small! * 2.5, `${small} elements for half, ${large} for all`);
  });
}

/** A packet with few sightings is looked through, one with many has indexes: both find the same. */
import { strictEqual as equal } from "node:assert/strict";
import fc from "fast-check";
import type { NodeView, Sighting } from "../view/timeline.ts";
import type { Chain } from "./chains.ts";
import { Originals } from "./originals.ts";
import { hasFewSightings, Packet } from "./packets.ts";
import { Transmissions } from "./transmissions.ts";

const shared = { settings: {} };
const header = { boot: "one" };
/** A veth pair leads from device 1 in namespace 1 of the first node to device 1 in namespace 2 of another. */
const e0 = { name: "e0", ifindex: 1, kind: "veth", peerIfindex: 1, peerNetns: 2 };
const nodeOf = (name: string) => {
  const states = new Map([[1, [{ at: 0, state: { links: name === "a" ? [e0] : [] } }]]]);
  return { name, header, shared, states } as unknown as NodeView;
};
const NODES = ["a", "b", "c"].map(nodeOf);
const FAR = nodeOf("far");

const sighting = fc.record({
  kind: fc.constantFrom("device-rx", "device-tx", "drop"),
  at: fc.nat(6),
  ttl: fc.constantFrom(63, 64),
  netns: fc.constantFrom(1, 2, undefined),
  ifindex: fc.constantFrom(1, 3),
  head: fc.constantFrom("f1", "f2"),
});

const packets = fc.array(
  fc.record({ node: fc.nat(2), events: fc.array(sighting, { minLength: 1, maxLength: 4 }) }),
  { minLength: 1, maxLength: 6 },
).map((chains): Packet => {
  const own = chains.map(({ node, events }): Chain => ({
    node: NODES[node]!,
    events: events.map((event) => ({ ...event, node: NODES[node]! }) as Sighting)
      .sort((a, b) => a.at - b.at),
    invariants: "",
  }));
  return new Packet(own, new Map(), false);
});

/** The same packet with a chain that has nothing to do with the others, and makes it a long one. */
function lengthened(packet: Packet): Packet {
  const events = Array.from(
    { length: 40 },
    (_, at) => ({ kind: "device-rx", at, ttl: 1, head: "f9", node: FAR }) as Sighting,
  );
  const chains = [...packet.chains, { node: FAR, events, invariants: "" }];
  return new Packet(chains, new Map(), false);
}

Deno.test("[C5] whether it is looked through or indexed, a packet has the same senders and originals", () => {
  let found = 0;
  fc.assert(
    fc.property(packets, (few) => {
      const many = lengthened(few);
      equal(hasFewSightings(few), true);
      equal(hasFewSightings(many), false);
      const [left, right] = [new Transmissions(few), new Transmissions(many)];
      const [copies, others] = [new Originals(few), new Originals(many)];
      for (const chain of few.chains) {
        for (const event of chain.events) {
          const sender = left.exact(event, chain);
          if (sender) found++;
          equal(sender, right.exact(event, chain));
          equal(copies.of(event), others.of(event));
        }
      }
    }),
    { seed: 23, numRuns: 2_000 },
  );
  equal(found > 1_000, true);
});

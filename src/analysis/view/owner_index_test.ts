/** Who has an address or a MAC, by the index and by going through all readings. */
import { deepEqual } from "node:assert/strict";
import fc from "fast-check";
import { headerOf } from "../../../test/contract/lines.ts";
import { emptyState, type Link } from "../../event/state.ts";
import { holdersOfMac, type Owner, ownersOf } from "./owner_index.ts";
import type { NodeView } from "./timeline.ts";
import { timelines } from "./timelines.ts";

const ADDRESSES = ["10.0.0.1", "10.0.0.2", "fd00::1"];
const MACS = ["02:00:00:00:00:01", "02:00:00:00:00:02"];

const link = fc.record({
  ifindex: fc.integer({ min: 1, max: 3 }),
  kind: fc.constantFrom("veth", "loopback"),
  mac: fc.constantFrom(...MACS, undefined),
  addresses: fc.array(fc.constantFrom(...ADDRESSES), { maxLength: 3 }),
}).map(({ addresses, mac, ...rest }): Link => ({
  ...{ ...rest, name: "d", mtu: 1500, flags: [], operstate: "UP" },
  addresses: addresses.map((address) => ({ address, prefix: 24 })),
  ...(mac === undefined ? {} : { mac }),
}));
const state = fc.record({
  node: fc.constantFrom("n1", "n2"),
  netns: fc.integer({ min: 1, max: 2 }),
  time: fc.nat(9),
  links: fc.array(link, { maxLength: 4 }),
});

function linear(nodes: readonly NodeView[], test: (link: Link) => boolean): Owner[] {
  const found: Owner[] = [];
  for (const node of nodes) {
    for (const [netns, list] of node.states) {
      const seen = new Set<number>();
      for (const { state } of list) {
        for (const link of state.links) {
          if (seen.has(link.ifindex) || !test(link)) continue;
          seen.add(link.ifindex);
          found.push({ node, netns, state, link });
        }
      }
    }
  }
  return found;
}

/** Compared by identity: their nodes lead to everything. */
const told = (owners: readonly Owner[]) =>
  owners.map(({ node, netns, state, link }) => [node.name, netns, state.timeNs, link]);

Deno.test("owners of addresses and MACs are those that all readings have, in their order", () => {
  fc.assert(
    fc.property(fc.array(state, { maxLength: 8 }), (states) => {
      const nodes = timelines(["n1", "n2"].map((node) => ({
        header: headerOf({ node, probe: node, attachedNs: "0" }),
        events: [],
        states: states.filter((each) => each.node === node).map(({ netns, time, links }) =>
          emptyState(netns, String(time), { links })
        ),
        refused: 0,
      })));
      for (const address of ADDRESSES) {
        const wanted = linear(
          nodes,
          ({ addresses }) => addresses.some((own) => own.address === address),
        );
        deepEqual(told(ownersOf(nodes, address)), told(wanted));
      }
      for (const mac of MACS) {
        const wanted = linear(nodes, (own) => own.mac === mac && own.kind !== "loopback");
        deepEqual(told(holdersOfMac(nodes, mac)), told(wanted));
      }
    }),
    { numRuns: 500 },
  );
});

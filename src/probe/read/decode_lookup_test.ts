import { deepStrictEqual as equal } from "node:assert/strict";
import type { Event } from "../../event/event.ts";
import { decodeRoute } from "./decode_lookup.ts";

const ROUTER = 7;
const PINGER = 8;

/** In which namespace a failed lookup for 10.0.0.1 is, so long after the router received a packet. */
function placed(afterNs: number, source: string, iif = 0): number | undefined {
  const packet: Event = {
    ...{ kind: "device-rx", timeNs: 1000n, cpu: 0, netns: ROUTER, ifindex: 3, device: "lan" },
    ...{ source, destination: "10.9.9.9" },
  };
  const words = ["O", 1000 + afterNs, 0, PINGER, 254, 11, 0, iif, 1, "0", "100000a", 0, 0];
  return decodeRoute(words.map(String), new Map([[0, packet]])).netns;
}

Deno.test("a lookup for where the last packet was from is of its answer, for 20 ms", () => {
  equal(placed(3_000_000, "10.0.0.1"), ROUTER);
  equal(placed(25_000_000, "10.0.0.1"), PINGER);
});

Deno.test("a lookup for another address is of the program that runs", () => {
  equal(placed(1000, "10.0.0.2"), PINGER);
});

const IN_VRF = 3;

/** In which namespace a lookup without a device is that follows these, of a packet from 10.0.0.5:4000 to 10.9.9.9. */
function placedAfter(
  before: { from: string; to: string }[],
  { from = "500000a", to = "100070a", port = 4000 },
): number | undefined {
  const packet: Event = {
    ...{ kind: "device-rx", timeNs: 1000n, cpu: 0, netns: ROUTER, ifindex: IN_VRF, device: "lan" },
    ...{ source: "10.0.0.5", destination: "10.9.9.9", protocol: 6, sourcePort: 4000 },
  };
  const received = new Map([[0, packet]]);
  const lookup = (afterNs: number, iif: number, from: string, to: string, port: number) =>
    decodeRoute(
      ["O", 1000 + afterNs, 0, PINGER, 254, 11, 0, iif, 6, from, to, port, 80].map(String),
      received,
    ).netns;
  for (const { from, to } of before) equal(lookup(100_000, IN_VRF, from, to, 0), ROUTER);
  return lookup(120_000, 0, from, to, port);
}

const TRANSLATED = { from: "500000a", to: "100070a" };

Deno.test("a lookup by the ends of a translated packet without a way is for the error about it", () => {
  equal(placedAfter([TRANSLATED], {}), ROUTER);
});

Deno.test("near: one for another end, or from another port, is of the program that runs", () => {
  equal(placedAfter([TRANSLATED], { to: "200070a" }), PINGER);
  equal(placedAfter([TRANSLATED], { port: 4001 }), PINGER);
});

Deno.test("near: one by the ends of a packet that has a way is of the program that sent it", () => {
  equal(placedAfter([], { to: "909090a" }), PINGER);
});

Deno.test("near: a VRF's lookup for the way back tells no ends of the packet", () => {
  const back = { from: "909090a", to: "500000a" };
  equal(placedAfter([back], { from: "909090a", to: "500000a" }), ROUTER);
  equal(placedAfter([back], { from: "500000a", to: "909090a" }), PINGER);
  equal(placedAfter([back], { from: "100000a", to: "909090a" }), PINGER);
});

Deno.test("a lookup by a device is of what was received there at once, else of nobody", () => {
  equal(placed(1000, "10.0.0.2", 3), ROUTER);
  equal(placed(3_000_000, "10.0.0.2", 3), undefined);
  equal(placed(1000, "10.0.0.2", 4), undefined);
});

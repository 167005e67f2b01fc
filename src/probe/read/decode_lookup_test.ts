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

/** In which namespace a lookup is that follows the failed one of a packet which was translated to 10.7.0.1. */
function placedAfterInput(destination: string): number | undefined {
  const packet: Event = {
    ...{ kind: "device-rx", timeNs: 1000n, cpu: 0, netns: ROUTER, ifindex: 3, device: "lan" },
    ...{ source: "10.0.0.5", destination: "10.9.9.9" },
  };
  const received = new Map([[0, packet]]);
  const lookup = (afterNs: number, iif: number, to: string) =>
    decodeRoute(
      ["O", 1000 + afterNs, 0, PINGER, 254, 11, 0, iif, 6, "500000a", to, 4000, 80].map(String),
      received,
    ).netns;
  equal(lookup(100_000, 3, "100070a"), ROUTER);
  return lookup(120_000, 0, destination);
}

Deno.test("a lookup by the ends of a translated packet without a way is for the error about it", () => {
  equal(placedAfterInput("100070a"), ROUTER);
});

Deno.test("near: one for another end is of the program that runs", () => {
  equal(placedAfterInput("200070a"), PINGER);
});

Deno.test("a lookup by a device is of what was received there at once, else of nobody", () => {
  equal(placed(1000, "10.0.0.2", 3), ROUTER);
  equal(placed(3_000_000, "10.0.0.2", 3), undefined);
  equal(placed(1000, "10.0.0.2", 4), undefined);
});

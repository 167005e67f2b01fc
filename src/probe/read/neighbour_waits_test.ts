import { equal } from "node:assert/strict";
import type { Event } from "../../event/event.ts";
import { NeighbourWaits } from "./neighbour_waits.ts";

const event = (fields: Partial<Event>): Event => ({
  kind: "consume",
  timeNs: 1n,
  cpu: 0,
  netns: 7,
  network: "ip4",
  ...fields,
});

const asked = event({ function: "__neigh_event_send" });

Deno.test("a packet that waits for a neighbour holds the end up until the kernel gives up", () => {
  const waits = new NeighbourWaits();
  equal(waits.remainingMs(0), 0);
  waits.note(asked, 1_000);
  waits.note(event({ function: "neigh_timer_handler" }), 2_000);
  equal(waits.remainingMs(2_000), 2_400);
  equal(waits.remainingMs(9_000), 0);
  waits.note(event({ kind: "drop", reason: "NEIGH_FAILED" }), 2_100);
  equal(waits.remainingMs(2_100), 0);
});

Deno.test("a neighbour that answered holds nothing up, another ARP request does", () => {
  const waits = new NeighbourWaits();
  waits.note(asked, 1_000);
  waits.note(event({ kind: "device-tx", network: "arp" }), 1_001);
  equal(waits.remainingMs(1_001) > 0, true);
  waits.note(event({ kind: "device-tx", netns: 8 }), 1_002);
  equal(waits.remainingMs(1_002) > 0, true);
  waits.note(event({ kind: "device-tx" }), 1_003);
  equal(waits.remainingMs(1_003), 0);
});

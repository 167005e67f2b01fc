import { equal } from "node:assert/strict";
import { epochOf } from "./epoch.ts";
import type { Event } from "./event.ts";

const event: Event = { kind: "device-rx", timeNs: 1n, cpu: 0, network: "ip4", protocol: 17 };
const tcp: Event = { ...event, protocol: 6, tcpSequence: 0xffffffff, tcpAcknowledgement: 1 << 26 };

Deno.test("[O23] epochs: of IP ids, of echoes, of TCP's data and of what it acknowledges", () => {
  equal(epochOf({ ...event, ipId: 2047 }), 0);
  equal(epochOf({ ...event, ipId: 2048 }), 1);
  equal(epochOf({ ...event, ipId: 65_535 }), 31);
  equal(epochOf({ ...event, network: "ip6", ipId: 65_535 }), 0);
  equal(epochOf({ ...event, protocol: 1, icmpSequence: 4096, ipId: 9 }), 2);
  equal(epochOf({ ...tcp, payload: 1 }), 127);
  equal(epochOf({ ...tcp, payload: 0, gsoSize: 1448 }), 127);
  equal(epochOf({ ...tcp, payload: 0 }), 129);
});

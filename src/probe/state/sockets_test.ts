import { deepEqual, equal } from "node:assert/strict";
import { sockets } from "./sockets.ts";
import { everySuite, reading } from "./testing.ts";

everySuite("listening sockets, their device, backlog and what they dropped", (suite) => {
  const memory = { receiveBuffer: 131072, drops: 0 };
  deepEqual(reading(suite, "node").state.sockets, [
    {
      protocol: "udp",
      family: 4,
      address: "0.0.0.0",
      port: 5353,
      state: "UNCONN",
      device: "br0",
      receiveQueue: 0,
      sendQueue: 0,
      receiveBuffer: 212992,
      drops: 0,
    },
    {
      protocol: "tcp",
      family: 4,
      address: "10.9.0.1",
      port: 8080,
      state: "LISTEN",
      receiveQueue: 0,
      sendQueue: 5,
      ...memory,
    },
    {
      protocol: "tcp",
      family: 6,
      address: "::",
      port: 8082,
      state: "LISTEN",
      receiveQueue: 0,
      sendQueue: 7,
      ipv6Only: true,
      ...memory,
    },
    {
      protocol: "tcp",
      family: 6,
      address: "::",
      port: 8081,
      state: "LISTEN",
      receiveQueue: 0,
      sendQueue: 6,
      ...memory,
    },
  ]);
});

Deno.test("without sock_diag the backlog's limit is not told, rather than 0", () => {
  const text = "tcp LISTEN 0      0             *:8082       *:*\n" +
    "udp UNCONN 0      0      [fe80::1]%eth0:546   [::]:*\n";
  const [tcp, udp] = sockets(text, false);
  equal(tcp?.sendQueue, undefined);
  equal(tcp?.ipv6Only, undefined);
  equal(udp?.address, "fe80::1");
  equal(udp?.device, "eth0");
});

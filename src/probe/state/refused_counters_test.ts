import { deepEqual, equal } from "node:assert/strict";
import { refusedCounters } from "./refused_counters.ts";

Deno.test("counters of refused packets are read from the three files, one after the other", () => {
  const text =
    "Ip: Forwarding InHdrErrors\nIp: 2 4\nIcmp: InMsgs InErrors InCsumErrors\nIcmp: 7 1 1\n" +
    "Udp: InDatagrams NoPorts InErrors RcvbufErrors\nUdp: 9 1 3 2\nUdpLite: InErrors\nUdpLite: 8\n" +
    "TcpExt: SyncookiesSent\nTcpExt: 5\nIpExt: InNoRoutes InCsumErrors\nIpExt: 1 6\n" +
    "Ip6InReceives                   \t12\nUdp6InErrors                    \t2\nUdp6InCsumErrors\t2\n";
  deepEqual(refusedCounters(text), {
    IcmpInCsumErrors: 1,
    UdpInErrors: 3,
    UdpRcvbufErrors: 2,
    IpExtInCsumErrors: 6,
    Udp6InErrors: 2,
    Udp6InCsumErrors: 2,
  });
});

Deno.test("where none of the counters is there, none is told", () => {
  equal(refusedCounters(""), undefined);
  equal(refusedCounters("Udp: InErrors\nUdp: many\nUdp: InErrors\n"), undefined);
});

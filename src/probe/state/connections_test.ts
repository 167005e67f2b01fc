import { deepStrictEqual as equal, ok } from "node:assert/strict";
import { Gaps } from "./bounds.ts";
import {
  CONNECTION_BYTES_MAX,
  type ConnectionQuery,
  connectionsOf,
  EVERY_CONNECTION,
} from "./connections.ts";

const UDP = "ipv4     2 udp      17 29 src=10.244.1.2 dst=10.96.0.10 sport=42241 dport=53 " +
  "[UNREPLIED] src=10.244.1.3 dst=10.244.1.2 sport=53 dport=42241 mark=0 zone=0 use=2";
const UDP6 = "ipv6     10 udp      17 29 src=fd00:0000:0000:0000:0000:0000:0000:0009 " +
  "dst=fd00:0000:0000:0000:0000:0000:0000:0001 sport=48847 dport=53 packets=1 bytes=49 " +
  "[UNREPLIED] src=0000:0000:0000:0000:0000:0000:0000:0001 " +
  "dst=fd00:0000:0000:0000:0000:0000:0000:0009 sport=53 dport=48847 packets=0 bytes=0 mark=0 " +
  "zone=0 delta-time=7 use=2";
const TCP = "ipv4     2 tcp      6 431999 ESTABLISHED src=10.0.0.1 dst=10.0.0.2 sport=1024 " +
  "dport=80 src=10.0.0.2 dst=10.0.0.1 sport=80 dport=1024 [ASSURED] mark=5 secctx=null zone=3 use=2";
const OFFLOADED = "ipv4     2 tcp      6 src=10.0.0.1 dst=10.0.0.2 sport=1025 " +
  "dport=80 src=10.0.0.2 dst=10.0.0.1 sport=80 dport=1025 [OFFLOAD] mark=0 zone=0 use=3";
const ICMP = "ipv4     2 icmp     1 30 src=10.0.0.1 dst=10.0.0.2 type=8 code=0 id=31675 " +
  "src=10.0.0.2 dst=10.0.0.1 type=0 code=0 id=31675 mark=0 use=1";

const read = (stdout: string, query: ConnectionQuery = EVERY_CONNECTION, status = 0) => {
  const gaps = new Gaps();
  const section = { name: "connections", stdout, stderr: "no such tool", status };
  return { ...connectionsOf(section, query, gaps), gaps: gaps.rows };
};

Deno.test("connections: both directions, state, flags and times, translated ones first", () => {
  const { connections, connectionsLeftOut, gaps } = read(
    [TCP, OFFLOADED, ICMP, UDP, UDP6, "junk", ""].join("\n"),
  );
  equal(connections, [
    {
      protocol: 17,
      original: source("10.244.1.2", 42241, "10.96.0.10", 53),
      reply: source("10.244.1.3", 53, "10.244.1.2", 42241),
      ...{ status: ["UNREPLIED"], timeoutSeconds: 29, mark: 0 },
    },
    {
      protocol: 17,
      original: source("fd00::9", 48847, "fd00::1", 53),
      reply: source("::1", 53, "fd00::9", 48847),
      ...{ status: ["UNREPLIED"], timeoutSeconds: 29, ageSeconds: 7, mark: 0 },
    },
    {
      protocol: 6,
      original: source("10.0.0.1", 1024, "10.0.0.2", 80),
      reply: source("10.0.0.2", 80, "10.0.0.1", 1024),
      ...{ state: "ESTABLISHED", status: ["ASSURED"], timeoutSeconds: 431_999, mark: 5, zone: 3 },
    },
    {
      protocol: 6,
      original: source("10.0.0.1", 1025, "10.0.0.2", 80),
      reply: source("10.0.0.2", 80, "10.0.0.1", 1025),
      ...{ status: ["OFFLOAD"], mark: 0 },
    },
    {
      protocol: 1,
      original: source("10.0.0.1", 31675, "10.0.0.2", 31675),
      reply: source("10.0.0.2", 31675, "10.0.0.1", 31675),
      ...{ status: [], timeoutSeconds: 30, mark: 0 },
    },
  ]);
  equal([connectionsLeftOut, gaps], [undefined, []]);
});

Deno.test("connections: only those asked for, and no more than fit", () => {
  const asked = read([TCP, UDP].join("\n"), { words: [], concerns: (each) => each.protocol === 6 });
  equal(asked.connections?.map(({ protocol }) => protocol), [6]);
  const many = Array.from({ length: 1_003 }, (_, i) => UDP.replaceAll("42241", String(2000 + i)));
  const full = read(many.join("\n"));
  equal([full.connections?.length, full.connectionsLeftOut], [1_000, 3]);
});

Deno.test("connections: what was not read is a gap, or not told; an empty table is neither", () => {
  equal(connectionsOf(undefined, EVERY_CONNECTION, new Gaps()), {});
  const failed = read("", EVERY_CONNECTION, 1);
  equal([failed.connections, failed.gaps], [
    undefined,
    [{ what: "connections", why: "exit 1: no such tool" }],
  ]);
  const empty = read("");
  equal([empty.connections, empty.gaps], [[], []]);
  const cut = read(UDP.padEnd(CONNECTION_BYTES_MAX, "\n"));
  equal(cut.connections?.length, 1);
  ok(cut.gaps[0]?.why.startsWith("cut: the first"));
  const beyond = read("\n".repeat(CONNECTION_BYTES_MAX) + UDP);
  equal([beyond.connections?.length, beyond.gaps.length], [0, 1], "what is beyond is not read");
});

function source(source: string, sourcePort: number, destination: string, destinationPort: number) {
  return { source, destination, sourcePort, destinationPort };
}

/** Capture files as tshark reads them. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { pcapng } from "../../src/exports/mod.ts";
import { decodeLine } from "../../src/event/codec.ts";
import type { Event } from "../../src/event/event.ts";
import { analyse } from "../../src/analysis/mod.ts";
import { headerOf } from "../contract/lines.ts";
import { programOrWhy } from "../debian/unpacked.ts";

const { run: tshark, why } = await programOrWhy({
  name: "tshark",
  program: "usr/bin/tshark",
  withDependencies: true,
});
if (why !== undefined) console.log(`tshark left out: ${why}`);
const ignore = tshark === undefined;

const MACS = { sourceMac: "02:00:00:00:00:01", destinationMac: "02:00:00:00:00:02" };

function event(timeNs: number, some: Record<string, unknown>): Event {
  const line = { kind: "device-rx", timeNs: String(timeNs), cpu: 0, skb: `f${timeNs}`, netns: 1 };
  const decoded = decodeLine(JSON.stringify({ ...line, ifindex: 2, device: "eth0", ...some }));
  if (decoded.type !== "event") throw new Error("not an event");
  return decoded.event;
}

const IP4 = { network: "ip4", source: "10.0.0.1", destination: "10.9.9.9", ttl: 63, ipId: 7 };
const IP6 = { network: "ip6", source: "fd00::1", destination: "fd00:0:0:1::10.1.2.3", ttl: 62 };
const UDP = { protocol: 17, sourcePort: 4000, destinationPort: 53, ipLength: 60, payload: 32 };
const TUNNEL = { tunnelSource: "192.0.2.1", tunnelDestination: "192.0.2.2", tunnelTtl: 60 };
const PORTS = { tunnelSourcePort: 33000, tunnelIpId: 99 };

/** Runs tshark over a file with these events of node "n1". */
async function read(events: Event[], ...args: string[]): Promise<string[]> {
  const header = headerOf({ node: 'n"1', untilNs: "9000000000000", scripts: SCRIPTS, final: true });
  const batch = { header, events, states: [], refused: 0 };
  const judged = { ...batch, events: events.filter(({ destination }) => destination) };
  const input = {
    incident: "in\u202ecident",
    batches: [judged],
    filter: "",
    closed: true,
    evicted: 0,
  };
  const file = await Deno.makeTempFile({ prefix: "lasthop-test-", suffix: ".pcapng" });
  try {
    const pieces = ReadableStream.from(pcapng([batch], analyse(input)));
    await Deno.writeFile(file, pieces);
    return (await tshark!(["-n", "-r", file, ...args])).split("\n").filter((line) => line !== "");
  } finally {
    await Deno.remove(file);
  }
}

const SCRIPTS = ["device_rx", "device_tx", "drop", "deliver"]
  .map((name) => ({ name, state: "attached" as const }));

const fields = (...names: string[]) => ["-T", "fields", ...names.flatMap((name) => ["-e", name])];

/** Of each packet the fields, and that nothing in it is malformed. */
async function dissected(some: Record<string, unknown>, ...names: string[]): Promise<string[]> {
  const [line = ""] = await read(
    [event(1, { ...MACS, ...some })],
    ...fields("_ws.malformed", ...names),
  );
  const [malformed, ...values] = line.split("\t");
  equal(malformed, "", JSON.stringify(some));
  return values;
}

const test = (title: string, fn: () => Promise<void>) => Deno.test({ name: title, ignore, fn });

test("headers are what was seen: Ethernet, VLAN, IPv4, TCP with its options' length", async () => {
  const tcp = { protocol: 6, sourcePort: 40000, destinationPort: 443, ipLength: 160, payload: 100 };
  const seen = {
    tcpSequence: 4_000_000_000,
    tcpAcknowledgement: 17,
    tcpFlags: 0x12,
    checksum: 0xabcd,
  };
  const names = [
    "eth.src",
    "vlan.id",
    "ip.src",
    "ip.dst",
    "ip.ttl",
    "ip.id",
    "ip.flags.df",
    "ip.len",
  ];
  deepEqual(
    await dissected({ ...IP4, ...tcp, ...seen, vlan: 7, ipFlags: 2 }, ...names),
    ["02:00:00:00:00:01", "7", "10.0.0.1", "10.9.9.9", "63", "0x0007", "1", "160"],
  );
  const more = ["tcp.dstport", "tcp.seq_raw", "tcp.ack_raw", "tcp.flags", "tcp.hdr_len", "tcp.len"];
  deepEqual(
    await dissected({ ...IP4, ...tcp, ...seen }, ...more, "frame.len", "frame.cap_len"),
    ["443", "4000000000", "17", "0x0012", "40", "100", "174", "54"],
  );
});

test("IPv6, UDP, ICMP with what it quotes, ARP and fragments are dissected", async () => {
  deepEqual(
    await dissected(
      { ...IP6, ...UDP, ipLength: 80 },
      "ipv6.dst",
      "ipv6.hlim",
      "udp.length",
      "ipv6.plen",
    ),
    ["fd00::1:0:0:a01:203", "62", "40", "40"],
  );
  const error = { protocol: 1, icmpType: 3, icmpCode: 4, mtu: 1400, ipLength: 56 };
  const quoted = { quotedProtocol: 17, quotedSource: "10.9.9.9", quotedDestination: "10.0.0.1" };
  deepEqual(
    await dissected(
      {
        ...IP4,
        ...error,
        ...quoted,
        quotedSourcePort: 53,
        quotedDestinationPort: 4000,
        quotedIpId: 5,
      },
      ...["icmp.type", "icmp.code", "icmp.mtu", "ip.src", "udp.srcport", "ip.id"],
    ),
    ["3", "4", "1400", "10.0.0.1,10.9.9.9", "53", "0x0007,0x0005"],
  );
  const echo = {
    protocol: 58,
    icmpType: 128,
    icmpCode: 0,
    icmpId: 9,
    icmpSequence: 3,
    ipLength: 64,
  };
  const asked = ["icmpv6.type", "icmpv6.echo.identifier", "icmpv6.echo.sequence_number"];
  deepEqual(await dissected({ ...IP6, ...echo }, ...asked), ["128", "0x0009", "3"]);
  const arp = { network: "arp", arpOperation: 2, source: "10.0.0.1", destination: "10.0.0.9" };
  deepEqual(
    await dissected(
      { ...arp, arpSenderMac: "02:00:00:00:00:07" },
      ...["arp.opcode", "arp.src.proto_ipv4", "arp.src.hw_mac", "arp.dst.proto_ipv4"],
    ),
    ["2", "10.0.0.1", "02:00:00:00:00:07", "10.0.0.9"],
  );
  const fragment = { protocol: 17, fragmentOffset: 1480, ipFlags: 1, ipLength: 1500 };
  deepEqual(
    await dissected({ ...IP4, ...fragment }, "ip.frag_offset", "ip.flags.mf", "udp.srcport"),
    ["185", "1", ""],
  );
  deepEqual(
    await dissected({ ...IP6, ...fragment, ipId: 77 }, "ipv6.fraghdr.offset", "ipv6.fraghdr.ident"),
    ["185", "0x0000004d"],
  );
});

test("tunnels stand around their packets", async () => {
  const claims: [Record<string, unknown>, string[], string[]][] = [
    [
      { tunnelKind: "vxlan", tunnelId: 42, tunnelDestinationPort: 4789, ...PORTS },
      ["vxlan.vni", "udp.srcport", "ip.id"],
      ["42", "33000,4000", "0x0063,0x0007"],
    ],
    [
      { tunnelKind: "geneve", tunnelId: 43, tunnelDestinationPort: 6081, ...PORTS },
      ["geneve.vni", "udp.dstport"],
      ["0x00002b", "6081,53"],
    ],
    [{ tunnelKind: "gre", tunnelId: 5 }, ["gre.key", "gre.proto"], ["0x00000005", "0x0800"]],
    [{ tunnelKind: "gretap" }, ["gre.proto", "udp.dstport"], ["0x6558", "53"]],
    [{ tunnelKind: "ipip" }, ["ip.proto", "ip.ttl"], ["4,17", "60,63"]],
    [
      { tunnelKind: "ip6tnl", tunnelSource: "fd00::5", tunnelDestination: "fd00::6" },
      ["ipv6.nxt", "ip.src"],
      ["4", "10.0.0.1"],
    ],
  ];
  for (const [tunnel, names, values] of claims) {
    deepEqual(await dissected({ ...IP4, ...UDP, ...TUNNEL, ...tunnel }, ...names), values);
  }
  deepEqual(
    await dissected({ ...IP6, ...UDP, ...TUNNEL, tunnelKind: "sit" }, "ip.proto", "ipv6.src"),
    ["41", "fd00::1"],
  );
});

test("each device is an interface, each drop says its reason and its flow's verdict", async () => {
  const events = [
    event(2_000_000, { ...MACS, ...IP4, ...UDP }),
    event(1_000_000, {
      ...{ ...IP4, ...UDP, kind: "device-tx", device: "tun0", ifindex: 3, destinationPort: 54 },
    }),
    event(3_000_000, {
      ...{ ...MACS, ...IP4, ...UDP, kind: "drop", skb: "f2000000" },
      ...{ reason: "NO_SOCKET", reasonNumber: 3, function: "__udp4_lib_rcv" },
    }),
    event(4_000_000, { ...IP4, kind: "route" }),
  ];
  const names = ["frame.time_epoch", "frame.interface_name", "frame.packet_flags_direction"];
  deepEqual((await read(events, ...fields(...names))).map((line) => line.split("\t")), [
    ["1800000000.000999000", 'n"1/1/tun0', "0x00000002"],
    ["1800000000.001999000", 'n"1/1/eth0', "0x00000001"],
    ["1800000000.002999000", 'n"1/1/eth0', ""],
  ]);
  const comments = await read(events, ...fields("frame.comment"));
  match(
    comments.at(-1)!,
    /^dropped: NO_SOCKET in __udp4_lib_rcv.*its flow: dropped, no-listener, proven: nothing listens on udp port 53/s,
  );
  equal(comments.filter((line) => line.includes("dropped:")).length, 1);
  const encapsulation = await read(events, ...fields("frame.encap_type"));
  deepEqual(
    encapsulation,
    ["7", "1", "1"],
    "a device without link addresses has none in its frames",
  );
  const about = await read(events, "-q", "-z", "io,phs");
  ok(about.length > 0);
});

test("whatever a probe says, the file can be read", async () => {
  const odd = [
    { ...IP4, ...UDP, ipLength: 0, payload: 0 },
    { ...IP4, ...UDP, ipLength: 200_000 },
    { ...IP4, protocol: 200 },
    { ...IP4 },
    {
      ...IP6,
      protocol: 58,
      icmpType: 1,
      icmpCode: 0,
      quotedSource: "::",
      quotedDestination: "::1",
    },
    { ...IP4, protocol: 6, sourcePort: 1, destinationPort: 2, ipLength: 4_000_000_000, payload: 7 },
    { ...IP4, ...UDP, tunnelKind: "vxlan" },
    { network: "ip4", source: "10.0.0.1" },
    { device: 'x"\n', ...IP4, ...UDP },
  ];
  const events = odd.map((some, i) =>
    event(i + 1, { ...some, kind: i % 2 ? "drop" : "device-rx" })
  );
  equal((await read(events, ...fields("frame.number"))).length, odd.length - 2);
});

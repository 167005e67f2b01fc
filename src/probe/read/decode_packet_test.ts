/** Packet lines of the scripts. */
import { deepStrictEqual as equal } from "node:assert/strict";
import { decodePacketLine } from "./decode_packet.ts";
import { squared } from "./digests.ts";
import { PACKET } from "./lines.ts";

/** What `emit.bt` prints of an IPv4 packet of 36 bytes without options; `words` are its transport's. */
function lineOf(protocol: number, words: [string, string, string]): string[] {
  const headers = (4 + (protocol << 8) + (20 << 16)).toString(16);
  // 45 00 00 24 | 00 07 00 00, 40 PP 00 00 | 0a 00 00 01, 0a 00 00 02: as loaded, bytes in reverse.
  const ip = ["070024000045", `100000a0000${protocol.toString(16)}40`, "200000a", "0", "0"];
  return [
    ...["R", "100", "0", "ffff8881dc03b100", "ffff8881dc03c000", "4026532528", "3", "eth0", "36"],
    ...["0", "0", "0", "0", headers, "0", ...ip, ...words, "0"],
  ];
}

Deno.test("of an SCTP packet the type of its first chunk is told, and no checksum", () => {
  // Ports 7000 > 40000, then a tag; a checksum, then chunk 6 (ABORT) without flags, of four bytes.
  const event = decodePacketLine(
    "device-rx",
    lineOf(132, ["11223344409c581b", "400000699887766", "0"]),
  );
  equal([event.source, event.destination, event.protocol], ["10.0.0.1", "10.0.0.2", 132]);
  equal([event.sourcePort, event.destinationPort], [7000, 40_000]);
  equal([event.sctpChunk, event.checksum], [6, undefined]);
});

Deno.test("a UDP packet has a checksum, and no chunk", () => {
  const event = decodePacketLine(
    "device-rx",
    lineOf(17, ["34121000409c581b", "400000699887766", "0"]),
  );
  equal([event.sctpChunk, event.checksum], [undefined, 0x1234]);
});

Deno.test("[O23] how many segments a card has not cut is told by how long they are", () => {
  // Sequence and acknowledgement; a header of 20 bytes with PSH and ACK.
  const line = lineOf(6, ["11223344409c581b", "ffff185000000000", "0"]);
  // 45 00 0b 90 | 00 07 00 00: 2,960 bytes, of which 2,920 are payload.
  const large = line.map((word) => word === "070024000045" ? "0700900b0045" : word);
  const of = (gso: string) => {
    const event = decodePacketLine("device-rx", large.with(10, gso));
    return [event.payload, event.gsoSize, event.gsoSegments];
  };
  equal(of("5a8"), [2_920, 1_448, 3]);
  equal(of("205a8"), [2_920, 1_448, 2], "what the kernel says stays");
  equal(of("0"), [2_920, undefined, undefined]);
});

Deno.test("of a packet that was dropped the firewall's mark is told, where it has one", () => {
  const line = lineOf(17, ["34121000409c581b", "400000699887766", "0"]);
  const of = (kind: "drop" | "device-rx", gso: string) => {
    const event = decodePacketLine(kind, line.with(10, gso));
    return [event.firewallMark, event.gsoSize, event.gsoSegments];
  };
  equal(of("drop", "ca6c000205a8"), [0xca6c, 1_448, 2]);
  equal(of("drop", "ffffffff00000000"), [0xffffffff, undefined, undefined]);
  equal(of("drop", "205a8"), [undefined, 1_448, 2]);
  equal(of("device-rx", "ca6c000205a8"), [undefined, 1_448, 2]);
});

Deno.test("[O30] a digest is of a datagram without an id, whole and not put together", () => {
  const whole = lineOf(17, ["34121000409c581b", "400000699887766", "0"]);
  const of = (rank: string, change: (line: string[]) => string[] = (line) => line) =>
    decodePacketLine(
      "device-rx",
      change(whole.with(PACKET.ip0, "24000045").with(PACKET.rank, rank)),
    )
      .digest;
  // The 32 bits above the rank's twenty.
  equal(of("ffffffff00005"), 0xfffe0000);
  equal(of("1234567800000"), squared(0x12345678));
  equal(of("5"), undefined, "nothing is counted");
  equal(of("1234567800000", (line) => line.with(10, "205a8")), undefined, "put together");
  equal(of("1234567800000", (line) => line.with(PACKET.ip0, "70024000045")), undefined, "an id");
  equal(of("1234567800000", (line) => line.with(PACKET.ip0, "20000024000045")), undefined, "cut");
});

/** [O25] Lines of the recorder's ways. */
import { deepStrictEqual as equal, ok, throws } from "node:assert/strict";
import { createDecoder } from "./decode.ts";
import { decodeWayLine } from "./decode_way.ts";

/** One datagram of 4000 > 7 in a VXLAN of id 42, as Linux 6.18 printed it. */
const LINE =
  "W\t1\t79664093039990\tffff8881dc03b101\t4026532528\t3\tunder0\t3\t3a00141114\tb2003a000045\t200070a11114000\t70000a00f02007\t14261a000700a00f\t0\t200a8c00100a8c0\t2a0000b512a8c1\t4011000040003412"
    .split("\t");

Deno.test("a hop in a tunnel has both headers, and no rank", () => {
  const event = decodeWayLine(LINE)!;
  equal(event.kind, "device-tx");
  equal(event.skb, "ffff8881dc03b100");
  equal([event.netns, event.ifindex, event.device], [4026532528, 3, "under0"]);
  equal([event.length, event.protocol, event.tunnelKind], [58, 17, "vxlan"]);
  equal([event.tunnelSource, event.tunnelDestination], ["192.168.0.1", "192.168.0.2"]);
  equal([event.sourcePort, event.destinationPort], [4000, 7]);
  equal([event.rank, event.head, event.sourceMac], [undefined, undefined, undefined]);
});

Deno.test("a hop on a device that is another one now is left out", () => {
  equal(decodeWayLine(LINE.with(7, "4")), null);
});

Deno.test("a line that is cut is refused", () => {
  throws(() => decodeWayLine(LINE.slice(0, -1)), RangeError);
});

Deno.test("a hop from long before the death is another packet's, and left out", () => {
  const told: bigint[] = [];
  const decoder = createDecoder({
    onEvent: ({ timeNs }) => void told.push(timeNs),
    onTick() {},
    onReading() {},
    onRefused: (line) => ok(false, line),
    reasonName: String,
  });
  const hopNs = BigInt(LINE[2]!);
  for (const seconds of [1n, 9n, 11n]) {
    decoder.line(`t\t${hopNs + seconds * 1_000_000_000n}\t\t16\t0\t0\t0`);
    decoder.line(LINE.join("\t"));
  }
  equal(told, [hopNs, hopNs]);
});

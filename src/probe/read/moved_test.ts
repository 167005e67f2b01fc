/** Drops within IPsec. */
import { deepStrictEqual as equal } from "node:assert/strict";
import { decodePacketLine } from "./decode_packet.ts";
import { forgetMoved } from "./moved.ts";

/**
 * TCP from 10.250.28.1:32934 to 10.250.28.2:7080 of 60 bytes, as it was told on Linux 6.1: behind the
 * header that has moved are id, flags, TTL, protocol, checksum and addresses of the old one, then ports.
 */
function lineOf(length: number, words: [string, string, string]): string[] {
  // 45 00 00 3c | 88 94 40 00, 40 06 c0 01 | 0a fa 1c 01, 0a fa 1c 02.
  const ip = ["409488" + "3c000045", "11cfa0a01c00640", "21cfa0a", "0", "0"];
  return [
    ...["D", "100", "0", "ff16ce6802827ae8", "ff16ce6811c31400", "4026532603", "2", "e0"],
    ...[String(length), "0", "0", "0", "0", (4 + (6 << 8) + (20 << 16)).toString(16), "0"],
    ...[...ip, ...words, "0"],
  ];
}

const told = (length: number, words: [string, string, string], by: string) => {
  const fields = lineOf(length, words);
  const event = decodePacketLine("drop", fields);
  event.function = by;
  forgetMoved(event, fields);
  return [event.sourcePort, event.destinationPort, event.tcpFlags, event.payload];
};

// 88 94 40 00 40 06 c0 01, 0a fa 1c 01 0a fa 1c 02, then the ports 32934 and 7080.
const OLD: [string, string, string] = ["1c0064000409488", "21cfa0a011cfa0a", "a81ba680"];

Deno.test("what IPsec has moved has the ports that are behind what is left of the old header, and no more", () => {
  equal(told(40, OLD, "xfrm_output_resume"), [32_934, 7_080, undefined, undefined]);
});

Deno.test("where nothing shows the ports none are told", () => {
  const other: [string, string, string] = ["1c0064000409488", "21cfa0a091cfa0a", "a81ba680"];
  equal(told(40, other, "xfrm_output_resume"), [undefined, undefined, undefined, undefined]);
});

Deno.test("what is not moved, and what others free, is as it was read", () => {
  const asRead = [0x8894, 0x4000, 0xfa];
  equal(told(60, OLD, "xfrm_output_resume").slice(0, 3), asRead);
  equal(told(40, OLD, "ip_output").slice(0, 3), asRead);
});

import { deepStrictEqual as equal } from "node:assert/strict";
import {
  contains,
  containsNetwork,
  isLinkLocal,
  isLoopback,
  isMulticast,
  isSameNetwork,
  parseAddress,
} from "./address.ts";

const values = (...texts: string[]) => texts.map((text) => parseAddress(text)?.value ?? null);

Deno.test("parseAddress reads IPv4, IPv6 short and long, and IPv4 inside IPv6", () => {
  equal(values("0.0.0.0", "10.0.0.1", "255.255.255.255"), [0n, 0x0a000001n, 2n ** 32n - 1n]);
  equal(values("::", "::1", "fe80::a:1"), [0n, 1n, 0xfe80n << 112n | 0xa0001n]);
  equal(values("1:2:3:4:5:6:7:8"), [0x0001_0002_0003_0004_0005_0006_0007_0008n]);
  equal(values("1::8", "::ffff:10.0.0.1"), [1n << 112n | 8n, 0xffff_0a00_0001n]);
});

Deno.test("parseAddress refuses what is no address", () => {
  const none = ["", "10.0.0", "10.0.0.256", "10.0.0.1.2", "a.b.c.d", "1::2::3", ":::", "::12345"];
  equal(values(...none, "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "g::1"), Array(11).fill(null));
});

Deno.test("contains knows the last bit of a prefix, whole addresses and the default", () => {
  equal(contains("10.0.0.0/23", "10.0.1.255"), true);
  equal(contains("10.0.0.0/23", "10.0.2.0"), false);
  equal(contains("10.0.0.1", "10.0.0.1"), true);
  equal(contains("10.0.0.1", "10.0.0.2"), false);
  equal(contains("0.0.0.0/0", "203.0.113.9"), true);
  equal(contains("fd00::/64", "fd00::ffff"), true);
  equal(contains("fd00::/64", "fd00:0:0:1::"), false);
  equal(contains("::/0", "10.0.0.1"), false);
});

Deno.test("multicast, loopback and link-local, and their neighbours that are not", () => {
  const kinds = (address: string) =>
    [isMulticast, isLoopback, isLinkLocal].map((is) => is(address));
  equal(kinds("224.0.0.1"), [true, false, false]);
  equal(kinds("239.255.255.255"), [true, false, false]);
  equal(kinds("240.0.0.1"), [false, false, false]);
  equal(kinds("ff02::1"), [true, false, false]);
  equal(kinds("127.1.2.3"), [false, true, false]);
  equal(kinds("128.0.0.1"), [false, false, false]);
  equal(kinds("fe80::1"), [false, false, true]);
  equal(kinds("fec0::1"), [false, false, false]);
  equal(kinds("169.254.0.1"), [false, false, true]);
});

Deno.test("isSameNetwork takes an address with its length for its network", () => {
  equal(isSameNetwork("172.18.40.77/16", "172.18.0.0/16"), true);
  equal(isSameNetwork("172.18.40.77/24", "172.18.0.0/16"), false);
  equal(isSameNetwork("172.19.0.1/16", "172.18.0.0/16"), false);
  equal(isSameNetwork("fd00::1/64", "fd00::/64"), true);
  equal(isSameNetwork("0.0.0.1/0", "::/0"), false);
});

Deno.test("containsNetwork: shorter or equal, and of the same family", () => {
  equal(containsNetwork("10.244.0.0/16", "10.244.3.0/24"), true);
  equal(containsNetwork("10.244.3.0/24", "10.244.0.0/16"), false);
  equal(containsNetwork("10.244.3.0/24", "10.244.3.7"), true);
  equal(containsNetwork("0.0.0.0/0", "fd00::/64"), false);
});

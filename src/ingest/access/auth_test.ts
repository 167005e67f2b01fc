import { equal, notEqual } from "node:assert/strict";
import { networkOf } from "./auth.ts";

Deno.test("a machine with a network of IPv6 addresses has no more tries than one with an address", () => {
  equal(networkOf("2001:db8:0:1::1"), networkOf("2001:db8:0:1:ffff::9"));
  notEqual(networkOf("2001:db8:0:1::1"), networkOf("2001:db8:0:2::1"));
  notEqual(networkOf("10.0.0.1"), networkOf("10.0.0.2"));
  notEqual(networkOf("::ffff:10.0.0.1"), networkOf("::ffff:10.0.0.2"));
  equal(networkOf("fe80::1%eth0"), networkOf("fe80::2%eth1"));
  equal(networkOf(""), "");
});

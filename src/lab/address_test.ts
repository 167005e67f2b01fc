import { equal, notEqual } from "node:assert/strict";
import { familyOf, macOf } from "./address.ts";

Deno.test("[L2] macOf is the same in every run, locally administered and unicast", () => {
  equal(macOf("worker", "eth0"), "02:7b:3c:60:79:4e");
});

Deno.test("[L2] macOf differs by namespace and by device", () => {
  notEqual(macOf("a", "eth0"), macOf("b", "eth0"));
  notEqual(macOf("a", "eth0"), macOf("a", "eth1"));
});

Deno.test("[L2] familyOf tells IPv4 from IPv6, networks too", () => {
  equal(familyOf("10.0.0.0/8"), 4);
  equal(familyOf("fd00::/64"), 6);
});

import { deepEqual, equal } from "node:assert/strict";
import { changes, endPoint } from "./ends.ts";

const AS_IS = { text: (text: string) => text, arrow: "→" };

Deno.test("endPoint() brackets IPv6 only where a port follows", () => {
  equal(endPoint("10.0.0.1", 53), "10.0.0.1:53");
  equal(endPoint("2001:db8::1", 53), "[2001:db8::1]:53");
  equal(endPoint("2001:db8::1"), "2001:db8::1");
});

Deno.test("changes() names the end that a translation changed, and only that", () => {
  const before = { source: "a", destination: "b", destinationPort: 443 };
  deepEqual(changes(before, { ...before, destination: "c", destinationPort: 6443 }, AS_IS), [
    "destination b:443 → c:6443",
  ]);
  deepEqual(changes(before, before, AS_IS), []);
});

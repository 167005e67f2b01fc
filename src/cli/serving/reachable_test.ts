import { deepEqual, equal, throws } from "node:assert/strict";
import { firstUrl, localUrl, reachableUrls } from "./reachable.ts";

const own = (name: string, address: string) => ({
  name,
  address,
  family: address.includes(":") ? "IPv6" as const : "IPv4" as const,
});

const ADDRESSES = [
  own("lo", "127.0.0.1"),
  own("lo", "::1"),
  own("docker0", "172.17.0.1"),
  own("eth0", "192.0.2.7"),
  own("eth0", "fe80::1"),
  own("eth0", "2001:db8::7"),
  own("eth1", "169.254.3.4"),
];

Deno.test("an ingest on all addresses tells those that others reach, the default route's first", () => {
  deepEqual(reachableUrls("http://0.0.0.0:4680", "192.0.2.7", ADDRESSES), [
    "http://192.0.2.7:4680",
    "http://172.17.0.1:4680",
  ]);
  deepEqual(reachableUrls("http://[::]:5", null, ADDRESSES), [
    "http://172.17.0.1:5",
    "http://192.0.2.7:5",
    "http://[2001:db8::7]:5",
  ]);
  throws(() => firstUrl(reachableUrls("http://0.0.0.0:1", null, ADDRESSES.slice(0, 2))), {
    code: "no_address",
  });
});

Deno.test("an ingest on one address tells that one, and is asked there", () => {
  deepEqual(reachableUrls("http://10.0.0.1:1", "192.0.2.7", ADDRESSES), ["http://10.0.0.1:1"]);
  equal(localUrl("http://10.0.0.1:1"), "http://10.0.0.1:1");
  equal(localUrl("http://0.0.0.0:4680"), "http://127.0.0.1:4680");
  equal(localUrl("http://[::]:4680"), "http://[::1]:4680");
});

import { deepEqual, equal } from "node:assert/strict";
import { portVlans } from "./neighbours.ts";
import { everySuite, reading } from "./testing.ts";

everySuite("neighbours of both families, and proxies", (suite) => {
  const { neighbours } = reading(suite, "node").state;
  const permanent = { device: "br0", states: ["PERMANENT"] };
  deepEqual(neighbours, [
    { address: "10.9.0.50", mac: "02:00:00:00:00:50", ...permanent },
    { address: "fd00::50", mac: "02:00:00:00:00:51", ...permanent },
    { address: "10.9.0.51", device: "br0", states: [], proxy: true },
  ]);
});

everySuite("forwarding entries, without the devices' multicast filters", (suite) => {
  const { fdb } = reading(suite, "node").state;
  deepEqual(fdb.find((entry) => entry.destination === "172.19.0.13"), {
    device: "vx0",
    mac: "00:00:00:00:00:00",
    destination: "172.19.0.13",
    port: 8472,
    vni: 5,
    flags: ["self", "permanent"],
  });
  deepEqual(fdb.find((entry) => entry.mac === "02:00:00:00:00:02"), {
    device: "p0",
    mac: "02:00:00:00:00:02",
    vlan: 30,
    master: "br0",
    flags: ["static"],
  });
  equal(fdb.some((entry) => entry.mac.startsWith("33:33")), false);
});

Deno.test("VLAN ranges as the kernel makes them, and none across a difference", () => {
  const vlans = [
    { vlan: 2, vlanEnd: 4 },
    { vlan: 5 },
    { vlan: 6, flags: ["Egress Untagged"] },
    { vlan: 7, flags: ["PVID"] },
    { vlan: 8 },
  ];
  deepEqual(portVlans({ ifname: "x", vlans }), [
    { id: 2, idEnd: 5 },
    { id: 6, untagged: true },
    { id: 7, pvid: true },
    { id: 8 },
  ]);
});

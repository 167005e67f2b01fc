import { deepEqual } from "node:assert/strict";
import { missingIn } from "./ready.ts";

const port = (state: string) => ({ info_slave_kind: "bridge", info_slave_data: { state } });
const up = { ifname: "eth0", flags: [], operstate: "UP" };

Deno.test("[L3] missingIn lets a device with carrier and a forwarding port pass", () => {
  const links = [up, { ...up, ifname: "veth0", linkinfo: port("forwarding") }];
  deepEqual(missingIn(links, new Set(["eth0", "veth0"])), []);
});

Deno.test("[L3] missingIn says what each device is instead", () => {
  const links = [
    { ...up, operstate: "LOWERLAYERDOWN" },
    { ...up, ifname: "veth0", linkinfo: port("learning") },
  ];
  deepEqual(missingIn(links, new Set(["eth0", "veth0", "eth1"])), [
    '"eth0" is LOWERLAYERDOWN',
    '"veth0" is a learning port',
    '"eth1" is absent',
  ]);
});

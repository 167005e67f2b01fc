import { deepStrictEqual as equal } from "node:assert/strict";
import { fakeLink, fakeState } from "../../../test/fake/state.ts";
import { tunnelPorts, tunnelPortsOf } from "./tunnel_ports.ts";

Deno.test("tunnel ports: those usual in the field, when no device says more", () => {
  equal(tunnelPorts([]), { vxlan: [4789, 8472], geneve: [6081], fou: [] });
});

Deno.test("tunnel ports: devices add theirs, and say what a usual port really is", () => {
  const state = fakeState(1, {
    links: [
      fakeLink("vx0", [], { kind: "vxlan", tunnel: { id: 7, port: 5555 } }),
      fakeLink("vx1", [], { kind: "vxlan", tunnel: { id: 8, port: 6081 } }),
      fakeLink("tun0", [], { kind: "ipip", tunnel: { port: 7777 } }),
      fakeLink("tun1", [], { kind: "gre", tunnel: { id: 1 } }),
    ],
  });
  const ports = tunnelPorts(tunnelPortsOf(state));
  equal(ports, { vxlan: [4789, 5555, 6081, 8472], geneve: [], fou: [7777] });
});

Deno.test("tunnel ports: a machine of a thousand tunnels costs no more than a few comparisons", () => {
  const many = Array.from(
    { length: 1000 },
    (_, i) => ({ kind: "vxlan" as const, port: 10_000 + i }),
  );
  const { vxlan, geneve } = tunnelPorts(many);
  equal(vxlan.length + geneve.length, 16);
});

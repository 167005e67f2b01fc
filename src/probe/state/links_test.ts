import { deepEqual, equal, ok } from "node:assert/strict";
import type { Link } from "../../event/state.ts";
import { LinkRow, links } from "./links.ts";
import { everySuite, reading, type Suite } from "./testing.ts";

function linkOf(suite: Suite, name: string, role: "node" | "pod" = "node"): Link {
  const found = reading(suite, role).state.links.find((link) => link.name === name);
  ok(found, `no ${name}`);
  return found;
}

everySuite("addresses, peers, masters and counters of links", (suite) => {
  const bridge = linkOf(suite, "br0");
  deepEqual(bridge.addresses[0], { address: "10.9.0.1", prefix: 24, scope: "global" });
  equal(bridge.bridge?.vlanFiltering, true);
  equal(bridge.bridge?.nfCallIptables, false);
  const veth = linkOf(suite, "veth1");
  equal(veth.masterIfindex, bridge.ifindex);
  equal(veth.peerIfindex, linkOf(suite, "eth0", "pod").ifindex);
  equal(linkOf(suite, "p0").peerIfindex, linkOf(suite, "p1").ifindex);
  ok(veth.flags.includes("LOWER_UP"));
  ok((veth.counters?.tx_packets ?? 0) > 0);
  equal(linkOf(suite, "lo").kind, "loopback");
});

everySuite("bridge ports and their VLANs, neighbouring ids as ranges", (suite) => {
  deepEqual(linkOf(suite, "p0").bridgePort, {
    state: "disabled",
    isolated: true,
    hairpin: true,
    learning: false,
    unicastFlood: true,
    guard: false,
    neighbourSuppress: false,
    multicastFlood: true,
    broadcastFlood: true,
  });
  equal(linkOf(suite, "veth1").bridgePort?.state, "forwarding");
  deepEqual(linkOf(suite, "p0").vlans, [
    { id: 1, untagged: true },
    { id: 10, idEnd: 20 },
    { id: 30, pvid: true, untagged: true },
  ]);
  deepEqual(linkOf(suite, "br0").vlans, [{ id: 1, pvid: true, untagged: true }, { id: 40 }]);
});

everySuite("tunnels of every kind", (suite) => {
  const tunnel = (name: string) => linkOf(suite, name).tunnel;
  deepEqual(tunnel("vx0"), {
    id: 100,
    local: "10.9.0.1",
    port: 4789,
    learning: true,
    underlay: "br0",
    underlayIfindex: linkOf(suite, "br0").ifindex,
  });
  deepEqual(tunnel("vx1"), { port: 8472, learning: false, external: true });
  deepEqual(tunnel("gt0"), { id: 9, local: "10.9.0.1", remote: "10.9.0.7" });
  deepEqual(tunnel("gr0"), { local: "10.9.0.1", remote: "10.9.0.7" });
  deepEqual(tunnel("gx0"), { external: true });
  deepEqual(tunnel("gn0"), { id: 55, remote: "10.9.0.8", port: 6081 });
  deepEqual(tunnel("tn0"), { mode: "any", local: "10.9.0.1", remote: "10.9.0.7" });
  deepEqual(tunnel("t60"), { mode: "any", local: "fd00::1", remote: "fd00::7", encapLimit: 4 });
  deepEqual(tunnel("tunl0"), { mode: "any" });
  equal(tunnel("veth1"), undefined);
});

everySuite("a tunnel moved to another netns is not given a device of this one", (suite) => {
  // Its lower device has the number that the pod's eth0 has here, and iproute2 prints "eth0".
  const { tunnel } = linkOf(suite, "vx3", "pod");
  equal(tunnel?.underlay, undefined);
  equal(tunnel?.underlayIfindex, linkOf(suite, "br0").ifindex);
  equal(linkOf(suite, "vx2", "pod").peerIfindex, undefined);
});

everySuite("VLAN, macvlan, VRF and XDP", (suite) => {
  deepEqual(linkOf(suite, "br0.12").vlan, { id: 12, protocol: "802.1Q" });
  equal(linkOf(suite, "br0.12").peerIfindex, linkOf(suite, "br0").ifindex);
  equal(linkOf(suite, "mv0").macvlanMode, "private");
  equal(linkOf(suite, "vrf0").vrfTable, 77);
  deepEqual(linkOf(suite, "vx0").xdp, [{ id: 5, mode: "generic", name: "lhst_drop" }]);
  equal(linkOf(suite, "veth1").xdp, undefined);
});

Deno.test("what a link lacks stays absent", () => {
  const { rows, netnsids } = links([{ ifindex: 4, ifname: "x", link_netnsid: -1, link_index: 9 }]);
  deepEqual(rows, [{
    ifindex: 4,
    name: "x",
    kind: "physical",
    mtu: 0,
    flags: [],
    operstate: "UNKNOWN",
    peerIfindex: 9,
    addresses: [],
  }]);
  equal(netnsids.size, 0);
});

Deno.test("a device above another one may have its number in another namespace", () => {
  const row = (kind: string) => ({
    ...{ ifindex: 2, ifname: "eth0", link_index: 2, link_netnsid: 0 },
    linkinfo: { info_kind: kind },
  });
  const peers = (kind: string) => links([row(kind)]).rows[0]!.peerIfindex;
  equal(peers("macvlan"), 2);
  equal(peers("ipvlan"), 2);
  // A tunnel that was moved names itself.
  equal(peers("ipip"), undefined);
});

Deno.test("the policy of a netkit, which no suite's machine has, as iproute2 6.7 and later print it", () => {
  const rows = [{ kind: "netkit", policy: "blackhole" }, { kind: "vrf", policy: "no netkit's" }]
    .map(({ kind, policy }, i) =>
      LinkRow.parse({
        ifindex: i + 2,
        ifname: `nk${i}`,
        flags: ["UP"],
        mtu: 1500,
        operstate: "UP",
        addr_info: [],
        linkinfo: { info_kind: kind, info_data: { mode: "l3", type: "primary", policy } },
      })
    );
  deepEqual(links(rows).rows.map(({ netkitPolicy }) => netkitPolicy), ["blackhole", undefined]);
});

Deno.test("GRE's key for what comes is told where it sends another one", () => {
  const idsOf = (info_data: Record<string, unknown>) => {
    const row = LinkRow.parse({
      ...{
        ifindex: 2,
        ifname: "g0",
        flags: ["UP"],
        mtu: 1476,
        operstate: "UNKNOWN",
        addr_info: [],
      },
      linkinfo: { info_kind: "gre", info_data },
    });
    const { id, receivedId } = links([row]).rows[0]!.tunnel!;
    return [id, receivedId];
  };
  deepEqual(idsOf({ ikey: "0.0.1.5", okey: "0.0.1.5" }), [261, undefined]);
  deepEqual(idsOf({ ikey: "0.0.0.7", okey: "0.0.0.5" }), [5, 7]);
  deepEqual(idsOf({ ikey: "0.0.0.7" }), [undefined, 7], "it sends without a key");
  deepEqual(idsOf({ okey: "0.0.0.5" }), [5, 0], "it takes what has no key");
  deepEqual(idsOf({}), [undefined, undefined]);
});

Deno.test("what IP in IP carries is its mode", () => {
  const row = LinkRow.parse({
    ...{ ifindex: 2, ifname: "t0", flags: ["UP"], mtu: 1452, operstate: "UNKNOWN", addr_info: [] },
    linkinfo: { info_kind: "ip6tnl", info_data: { proto: "ip6ip6", remote: "fd00::1" } },
  });
  equal(links([row]).rows[0]!.tunnel!.mode, "ip6ip6");
});

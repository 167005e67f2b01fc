/** Reading real namespaces. Needs root; skipped without. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { NetnsState } from "../../event/state.ts";
import { gapsOf, kernelTest, type Scene, withScene } from "./kernel_testing.ts";
import { listNetns } from "./netns.ts";
import { readState, readStates } from "./read.ts";

/** A node with a pod behind a bridge, a tunnel and a few hurdles. */
const NODE = `
n() { ip netns exec $A "$@"; }
n ip link add br0 type bridge
n ip link add veth1 type veth peer name eth0 netns $B
n ip link set veth1 master br0 up; n ip link set br0 up
n ip addr add 10.9.0.1/24 dev br0
ip -n $B addr add 10.9.0.2/24 dev eth0; ip -n $B link set eth0 up
n ip link add vx0 type vxlan id 100 dstport 4789 local 10.9.0.1 dev br0
n ip link add vx3 type vxlan id 8 remote 10.9.0.9 dstport 4791 dev br0
n ip link set vx3 netns $B
n bridge fdb append 00:00:00:00:00:00 dev vx0 dst 172.19.0.13 port 8472
n bridge link set dev veth1 isolated on
n ip neigh add 10.9.0.50 lladdr 02:00:00:00:00:50 dev br0
n ip route add blackhole 10.66.0.0/16
n ip route add table 100 default via 10.9.0.2
n ip rule add pref 100 from 10.9.0.0/24 table 100
n sysctl -qw net.ipv4.ip_forward=1
n tc qdisc add dev veth1 clsact
n tc filter add dev veth1 ingress protocol all prio 5 u32 match u32 0 0 \
  action mirred egress redirect dev br0
n nft add table inet f
n nft add chain inet f c '{ type filter hook forward priority 0; policy drop; }'
n nft add rule inet f c tcp dport 23 counter drop
n iptables-nft -A FORWARD -p udp --dport 53 -j DROP
ip netns exec $B iptables-legacy -A OUTPUT -d 192.0.2.0/24 -j DROP
`;

/** A program that drops all: `define i32 @lhst_drop(i8*) section "xdp" { ret i32 1 }`, by llc. */
const XDP =
  "H4sIAAAAAAACA6t39XFjYmRkgAFGhu8MCB4CRCAJOkBJDqDK7WA9DAxToXLuAT5gWgBmXlUQA0cNNyMPkC0BxTAgwEAYiA" +
  "IxC8PH/9jkmIEQHbADsRCSOMwOKSAWBJoEAzCWDJRmgmIGvZLUihKGnIzikviUovwChooUINbLyWGIz8lMTs0rTmXQK0rN" +
  "0UvNiE8rSswF8opLikoSk4B0ZS6IphIwBPsPEwhA48ERTZwRCx+E2dDEHXDYx4LGFySgHz3uOND40lD96H4IwGEfuvvVoW" +
  "JM6OkQShsQsF8ZiDmx+ZcR1f2g9MKKpB8mbonFbhDogNIVSMYxI+mHpW8A7GFT6lgDAAA=";

kernelTest("a node, its pod, and every kind of row", () =>
  withScene(async (scene) => {
    await scene.sh(NODE);
    const handles = [await scene.handle("a"), await scene.handle("b")];
    const [node, pod] = await readStates(handles);
    ok(node && pod);
    deepEqual([gapsOf(node), gapsOf(pod)], [[], []]);
    deepEqual([NetnsState.parse(node), NetnsState.parse(pod)], [node, pod]);
    const link = (state: NetnsState, name: string) => state.links.find((one) => one.name === name);
    equal(link(node, "veth1")?.peerNetns, pod.netns);
    equal(link(pod, "eth0")?.peerNetns, node.netns);
    equal(link(pod, "eth0")?.peerIfindex, link(node, "veth1")?.ifindex);
    equal(link(node, "veth1")?.bridgePort?.isolated, true);
    equal(link(pod, "vx3")?.tunnel?.underlayNetns, node.netns);
    equal(link(pod, "vx3")?.tunnel?.underlay, "br0");
    equal(node.fdb.find((entry) => entry.device === "vx0")?.destination, "172.19.0.13");
    equal(node.neighbours.find((one) => one.address === "10.9.0.50")?.device, "br0");
    ok(node.routes.some((route) => route.type === "blackhole"));
    ok(node.routes.some((route) => route.table === 100 && route.destination === "0.0.0.0/0"));
    equal(node.rules.find((rule) => rule.priority === 100)?.table, 100);
    equal(node.sysctls["net.ipv4.ip_forward"], "1");
    equal(node.filters[0]?.actions[0]?.mirred?.device, "br0");
    equal(node.chains.find((chain) => chain.name === "c")?.policy, "drop");
    equal(node.netfilter.find((rule) => rule.chain === "c")?.tool, "nft");
    equal(node.netfilter.find((rule) => rule.chain === "FORWARD")?.tool, "iptables");
    equal(pod.netfilter[0]?.tool, "iptables-legacy");
  }));

kernelTest(
  "a single reading tells the peers too, and time passes between two",
  () =>
    withScene(async (scene) => {
      await scene.sh("ip -n $A link add v0 type veth peer name v1 netns $B");
      const handle = await scene.handle("a");
      const first = await readState(handle);
      const second = await readState(handle);
      equal(
        second.links.find((link) => link.name === "v0")?.peerNetns,
        (await scene.handle("b")).inode,
      );
      ok(BigInt(second.timeNs) > BigInt(first.timeNs));
      // CLOCK_MONOTONIC, like bpftrace's nsecs: near what the kernel says of itself.
      const listed = await scene.sh("grep -m1 '^now at' /proc/timer_list");
      const now = BigInt(/\d+/.exec(listed)?.[0] ?? "0");
      ok(now - BigInt(second.timeNs) < 10_000_000_000n);
    }),
);

kernelTest("an XDP program is told with its mode", () =>
  withScene(async (scene) => {
    const object = await Deno.makeTempFile({ prefix: "lhst-" });
    try {
      await Deno.writeFile(object, await gunzip(XDP));
      await scene.sh(`ip -n $A link add v0 type veth peer name v1
        ip -n $A link set dev v0 xdpgeneric obj ${object} sec xdp`);
      const { links } = await readState(await scene.handle("a"));
      const [program] = links.find((link) => link.name === "v0")?.xdp ?? [];
      equal(program?.mode, "generic");
      equal(program?.name, "lhst_drop");
      ok((program?.id ?? 0) > 0);
    } finally {
      await Deno.remove(object);
    }
  }));

kernelTest(
  "connections of conntrack are told, those that are asked for",
  () =>
    withScene(async (scene) => {
      await scene.sh(`n() { ip netns exec $A "$@"; }
      n ip addr add 10.9.0.1/24 dev lo; n ip route add default dev lo
      n iptables-nft -t nat -A OUTPUT -p udp -d 10.96.0.10 -j DNAT --to 10.9.0.7:5353
      n bash -c 'echo x >/dev/udp/10.96.0.10/53; echo x >/dev/udp/10.96.0.11/53'`);
      const words = ["dst=10.96.0.10 "];
      const [asked, other] = await Promise.all([
        readState(await scene.handle("a"), { connections: { words, concerns: () => true } }),
        readState(await scene.handle("a"), { connections: { words, concerns: () => false } }),
      ]);
      deepEqual(
        asked.connections?.map(({ original, reply }) => [
          ...[original.destination, original.destinationPort, reply.source, reply.sourcePort],
        ]),
        [["10.96.0.10", 53, "10.9.0.7", 5353]],
      );
      deepEqual(other.connections, []);
      deepEqual([gapsOf(asked), NetnsState.parse(asked)], [[], asked]);
    }),
);

kernelTest("reading leaves a namespace as it was", () =>
  withScene(async (scene) => {
    const seen = () => everything(scene);
    const before = await seen();
    await readState(await scene.handle("a"));
    deepEqual(await seen(), before);
    equal(before.includes("table"), false, "no table of any kind, before and after");
  }));

function everything({ sh }: Scene): Promise<string> {
  return sh(`for c in "nft list ruleset" "ip link" "ip addr" "ip rule" "tc qdisc" \
    "cat /proc/net/ip_tables_names" "cat /proc/net/ip6_tables_names"; do
      ip netns exec $A $c; done; cat /proc/modules 2>/dev/null || true`);
}

kernelTest(
  "a namespace that is gone, or another by now, is a gap and no exception",
  () =>
    withScene(async (scene) => {
      const gone = { inode: 1, path: "/run/netns/lhst-never-was" };
      const other = { ...await scene.handle("a"), inode: 1 };
      const [first, second] = await readStates([gone, other]);
      match(first?.gaps[0]?.why ?? "", /Cannot read .* No such file/);
      match(second?.gaps[0]?.why ?? "", /must be net:\[1\]: it is gone/);
      deepEqual(first && NetnsState.parse(first), first);
    }),
);

kernelTest("a tool that is not installed is a gap", () =>
  withScene(async (scene) => {
    const folder = await Deno.makeTempDir({ prefix: "lhst-" });
    const path = Deno.env.get("PATH") ?? "";
    try {
      // Everything the script needs, but ss.
      for (
        const tool of [
          "sh",
          "timeout",
          "nsenter",
          "cat",
          "readlink",
          "head",
          "xargs",
          "grep",
          "sed",
        ]
      ) {
        await Deno.symlink(await scene.sh(`command -v ${tool}`), `${folder}/${tool}`);
      }
      const handle = await scene.handle("a");
      Deno.env.set("PATH", folder);
      const state = await readState(handle);
      deepEqual(gapsOf(state), ["sockets"]);
      match(state.gaps.find(({ what }) => what === "sockets")?.why ?? "", /ss: not found/);
      equal(state.links.length, 1);
    } finally {
      Deno.env.set("PATH", path);
      await Deno.remove(folder, { recursive: true });
    }
  }));

kernelTest("the current namespace can be read", async () => {
  const all = await listNetns();
  const own = all.find((one) => one.path === `/proc/${Deno.pid}/ns/net`) ?? all[0];
  ok(own);
  const [state] = await readStates([own]);
  ok(state?.links.some((link) => link.name === "lo"));
});

async function gunzip(base64: string): Promise<Uint8Array> {
  const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

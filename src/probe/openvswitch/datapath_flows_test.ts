import { deepEqual, equal } from "node:assert/strict";
import { flowsIn } from "./datapath_flows.ts";

// Of ovs-vswitchd 3.1 with its own datapath.
const DUMP = `flow-dump from the main thread:
ufid:07c53449-f29f-4e46-bdac-e5a0736fad38, skb_priority(0/0),skb_mark(0/0),ct_state(0x30/0x21),ct_zone(0x1/0),ct_mark(0/0),ct_label(0/0),recirc_id(0x1),dp_hash(0/0),in_port(pod31),packet_type(ns=0,id=0),eth(src=02:00:00:00:00:31/00:00:00:00:00:00,dst=02:00:00:00:00:fe/00:00:00:00:00:00),eth_type(0x0800),ipv4(src=192.100.0.31,dst=10.96.0.1/255.192.0.0,proto=6/0,tos=0/0,ttl=64/0,frag=no),tcp(src=56116/0,dst=443/0),tcp_flags(0/0), packets:1, bytes:74, used:1.463s, flags:S, dp:ovs, actions:ct(commit,zone=1,nat(dst=10.16.203.160:6443)),recirc(0x2), dp-extra-info:miniflow_bits(4,2)
ufid:b05495da-a728-4532-8e14-f565622aa2ab, recirc_id(0),in_port(pod31),eth_type(0x0800),ipv4(src=192.100.0.31/0.0.0.0,dst=10.16.203.160/255.192.0.0,frag=no),icmp(type=8/0,code=0/0), packets:0, bytes:0, used:never, dp:ovs, actions:drop, dp-extra-info:miniflow_bits(4,2)
`;

Deno.test("flowsIn tells the packet that a flow was made for, and what it looks at of it", () => {
  const [first, second, ...more] = flowsIn(DUMP);
  equal(more.length, 0);
  deepEqual(second, {
    packet: "recirc_id(0),in_port(pod31),eth_type(0x0800)," +
      "ipv4(src=192.100.0.31,dst=10.16.203.160,frag=no),icmp(type=8,code=0)",
    match:
      "recirc_id(0),in_port(pod31),eth_type(0x0800),ipv4(dst=10.16.203.160/255.192.0.0,frag=no)",
    packets: 0,
    usedS: Infinity,
    actions: "drop",
  });
  equal(
    first?.match,
    "ct_state(0x30/0x21),recirc_id(0x1),in_port(pod31),eth_type(0x0800)," +
      "ipv4(src=192.100.0.31,dst=10.96.0.1/255.192.0.0,frag=no)",
  );
  equal(first?.actions, "ct(commit,zone=1,nat(dst=10.16.203.160:6443)),recirc(0x2)");
  equal(first?.usedS, 1.463);
});

Deno.test("flags that a flow matches become those that its packet has", () => {
  const line = (flags: string) =>
    flowsIn(`ct_state(${flags}),recirc_id(0x3), packets:2, bytes:9, used:0.1s, actions:drop`)[0]!;
  equal(line("+new-est+trk").packet, "ct_state(new|trk),recirc_id(0x3)");
  equal(line("-new-trk").packet, "ct_state(0),recirc_id(0x3)");
  equal(line("+new-est+trk").match, "ct_state(+new-est+trk),recirc_id(0x3)");
});

Deno.test("of a tunnel the parts that a flow does not look at are left out", () => {
  const text = "tunnel(tun_id=0x4d,src=172.31.0.2,dst=172.31.0.1/0.0.0.0,ttl=64/0," +
    "geneve({class=0x102,type=0x80,len=4,0x30004/0}),flags(-df+csum+key)),in_port(vx)";
  equal(
    flowsIn(`${text}, packets:0, bytes:0, used:never, actions:drop`)[0]?.match,
    "tunnel(tun_id=0x4d,src=172.31.0.2,geneve({class=0x102,type=0x80,len=4,0x30004/0})," +
      "flags(-df+csum+key)),in_port(vx)",
  );
});

Deno.test("a flow without actions is one that drops; what is no flow is left out", () => {
  equal(flowsIn("recirc_id(0), packets:0, bytes:0, used:never, actions:")[0]?.actions, "");
  deepEqual(flowsIn("ovs-vswitchd: nonsense\n\nrecirc_id(0), actions:drop\n"), []);
});

Deno.test("what the daemon does not know itself of a flow it is not asked for", () => {
  // Of Linux 6.12 and ovs-vswitchd 3.5.
  const [flow] = flowsIn(
    "ufid:1, recirc_id(0),in_port(pa),eth_type(0x86dd),ipv6(dst=fd00:82::2,proto=58,frag=no)," +
      "key32(00 00/00 00),icmpv6(type=128,code=0/0), packets:1, bytes:118, used:0.2s, dp:ovs, " +
      "actions:drop",
  );
  equal(
    flow?.packet,
    "recirc_id(0),in_port(pa),eth_type(0x86dd),ipv6(dst=fd00:82::2,proto=58,frag=no)," +
      "icmpv6(type=128,code=0)",
  );
});

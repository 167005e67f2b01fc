import { deepEqual, equal, match } from "node:assert/strict";
import { filters, qdiscs } from "./traffic_control.ts";
import { everySuite, reading } from "./testing.ts";

everySuite("queueing disciplines", (suite) => {
  const { state } = reading(suite, "node");
  const of = (device: string, kind: string) =>
    state.qdiscs.find((qdisc) => qdisc.device === device && qdisc.kind === kind);
  equal(of("br0", "htb")?.handle, "1:");
  equal(of("br0", "htb")?.parent, "root");
  equal(of("mv0", "pfifo")?.limit, 7);
  equal(of("vx0", "fq_codel")?.limit, 300);
  equal(of("p0", "netem")?.limit, 500);
  equal(of("veth1", "clsact")?.parent, "ffff:fff1");
  equal(of("veth1", "clsact")?.drops, suite === "bookworm" ? 1 : 2);
  equal(of("veth1", "noqueue")?.text, "qdisc noqueue 0: dev veth1 root refcnt 2");
});

everySuite("filters of every kind, with what they do", (suite) => {
  const { state } = reading(suite, "node");
  const at = (preference: number) =>
    state.filters.filter((filter) => filter.device === "veth1" && filter.preference === preference);
  const [redirect] = at(5);
  equal(redirect?.where, "ingress");
  equal(redirect?.kind, "u32");
  equal(redirect?.handle, "800::800");
  equal(redirect?.actions[0]?.control, "stolen");
  deepEqual(redirect?.actions[0]?.mirred, {
    action: "redirect",
    direction: "egress",
    device: "p1",
  });
  deepEqual(at(7)[0]?.actions.map(({ kind, control }) => [kind, control]), [
    ["mirred", "pipe"],
    ["gact", "drop"],
  ]);
  deepEqual(at(8)[0]?.actions, [{ kind: "gact", control: "drop", packets: 0, drops: 0 }]);
  equal(at(8)[0]?.kind, "flower");
  equal(
    at(8)[0]?.text,
    "filter protocol ip pref 8 flower chain 0 handle 0x1 eth_type ipv4 ip_proto tcp " +
      "src_ip 10.9.0.0/24 dst_port 443 not_in_hw action order 1: gact action drop",
  );
  equal(at(9)[0]?.kind, "matchall");
  equal((at(9)[0]?.actions[0]?.packets ?? 0) > 0, true);
  equal(at(10)[0]?.kind, "bpf");
  equal(at(10)[0]?.actions[0]?.control, "pass");
  deepEqual(at(11)[0]?.actions, [{ kind: "bpf", control: "direct-action" }]);
  equal(at(12)[0]?.kind, "basic");
  deepEqual(
    [5, 7, 8, 9, 10, 11, 12].map((preference) => at(preference).length).join(""),
    "1111111",
  );
  deepEqual(state.filters.find((filter) => filter.device === "br0")?.where, "1:");
});

Deno.test("a filter's text says what was set up, not what it counted", () => {
  const text = `filter protocol all pref 5 u32 chain 0 fh 800::800 order 2048 (rule hit 3 success 3)
  match 00000000/00000000 at 0 (success 3 )
\taction order 1: mirred (Egress Redirect to device p1) stolen
\tindex 1 ref 1 bind 1 installed 9 sec used 1 sec firstused 9 sec
\tAction statistics:
\tSent 112 bytes 2 pkt (dropped 1, overlimits 2 requeues 0)
\tbacklog 0b 0p requeues 0
`;
  const [filter] = filters(text, "v0", "ingress");
  equal(
    filter?.text,
    "filter protocol all pref 5 u32 chain 0 fh 800::800 order 2048 match 00000000/00000000 at 0 " +
      "action order 1: mirred (Egress Redirect to device p1) stolen",
  );
  equal(filter?.actions[0]?.packets, 2);
  equal(filter?.actions[0]?.drops, 1);
});

Deno.test("lines that are no qdisc are passed over", () => {
  deepEqual(qdiscs("Cannot open netlink socket\n"), []);
  const [row] = qdiscs(
    "qdisc pfifo_fast 0: dev eth0 root refcnt 2 bands 3\n" +
      " Sent 5 bytes 1 pkt (dropped 4, overlimits 3 requeues 0) \n backlog 90b 2p requeues 0\n",
  );
  equal(row?.drops, 4);
  equal(row?.overlimits, 3);
  equal(row?.backlogPackets, 2);
  match(row?.text ?? "", /^qdisc pfifo_fast 0: dev eth0 root/);
});

Deno.test("of kinds that drop what has no class it is told how much they sent, of no others", () => {
  const text = (kind: string) =>
    `qdisc ${kind} 1: dev e0 root refcnt 3\n Sent 420 bytes 5 pkt (dropped 2, overlimits 0 requeues 0)\n` +
    " backlog 0b 1p requeues 0\n";
  for (const [kind, sent] of [["drr", 5], ["hfsc", 5], ["htb", undefined]] as const) {
    const [qdisc] = qdiscs(text(kind));
    equal(qdisc?.sent, sent);
    equal(qdisc?.backlogPackets, 1);
  }
});

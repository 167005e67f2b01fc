import { deepStrictEqual as equal } from "node:assert/strict";
import { fakeLink } from "../../../test/fake/state.ts";
import { iptables, match, nft, told } from "../../../test/fake/nat_rules.ts";

Deno.test("translations: kube-proxy's iptables, from the service through its chains to the pods", () => {
  equal(
    told(iptables(
      '-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
      '-A KUBE-SERVICES -d 10.96.0.10/32 -p udp -m comment --comment "kube-system/dns cluster IP" ' +
        "-m udp --dport 53 -j KUBE-SVC-A",
      "-A KUBE-SVC-A ! -s 10.244.0.0/16 -d 10.96.0.10/32 -p udp -m udp --dport 53 -j KUBE-MARK-MASQ",
      "-A KUBE-SVC-A -m statistic --mode random --probability 0.5 -j KUBE-SEP-B",
      "-A KUBE-SVC-A -j KUBE-SEP-C",
      "-A KUBE-SEP-B -p udp -m udp -j DNAT --to-destination 10.244.0.7:5353",
      "-A KUBE-SEP-C -p udp -m udp -j DNAT --to-destination 10.244.1.8:5353",
    )),
    ["17 10.96.0.10:53 > 10.244.0.7:5353", "17 10.96.0.10:53 > 10.244.1.8:5353"],
  );
});

Deno.test("translations: nft rules, maps in the rule and by name, verdict maps", () => {
  const daddr = { payload: { protocol: "ip", field: "daddr" } };
  const dport = { payload: { protocol: "tcp", field: "dport" } };
  const rules = {
    PREROUTING: [
      [match("ip", "daddr", "10.99.0.1"), match("tcp", "dport", 80), {
        dnat: { addr: "10.0.0.2", port: 8080 },
      }],
      [match("ip", "daddr", "10.99.0.2"), {
        dnat: {
          addr: { map: { key: dport, data: { set: [[22, "10.0.0.3"], [23, "10.0.0.4"]] } } },
        },
      }],
      [{ vmap: { key: { concat: [daddr, dport] }, data: "@services" } }],
    ],
    endpoint: [[{ dnat: { addr: "10.0.0.5", port: 443 } }]],
  };
  const services = {
    family: "ip",
    table: "nat",
    name: "services",
    map: true,
    elements: [[{ concat: ["10.99.0.3", 8443] }, { goto: { target: "endpoint" } }]],
  };
  equal(told(nft(rules, [services])), [
    "6 10.99.0.1:80 > 10.0.0.2:8080",
    "6 10.99.0.2:22 > 10.0.0.3",
    "6 10.99.0.2:23 > 10.0.0.4",
    "6 10.99.0.3:8443 > 10.0.0.5:443",
  ]);
});

Deno.test("translations: a masquerade may make any host asked for one of the node's addresses", () => {
  const state = {
    ...iptables("-A POSTROUTING -s 10.244.0.0/16 ! -o cni0 -j MASQUERADE"),
    links: [
      fakeLink("eth0", ["192.0.2.1/24"]),
      fakeLink("lo", ["127.0.0.1/8"], { kind: "loopback" }),
    ],
  };
  equal(told(state, ["10.244.0.7", "fd00::7"]), ["any 10.244.0.7 > 192.0.2.1"]);
  const bound = iptables("-A POSTROUTING -o wan+ -j MASQUERADE");
  const links = [fakeLink("eth0", ["192.0.2.1/24"]), fakeLink("wan0", ["198.51.100.1/24"])];
  equal(told({ ...bound, links }, ["10.244.0.7"]), [
    "any 10.244.0.7 > 198.51.100.1",
    "any 192.0.2.1 > 198.51.100.1",
  ]);
});

Deno.test("translations: what is for the node's own addresses is not for the hosts asked for", () => {
  const links = [fakeLink("eth0", ["192.0.2.1/24"])];
  const expected = ["6 192.0.2.1:30080 > 10.244.2.2:8080"];
  const nodePort = "-p tcp -m tcp --dport 30080 -j DNAT --to-destination 10.244.2.2:8080";
  const lines = [
    "-A PREROUTING -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS",
    `-A KUBE-NODEPORTS ${nodePort}`,
  ];
  equal(told({ ...iptables(...lines), links }, ["10.244.1.2"]), expected);
  const fib = { fib: { result: "type", flags: ["daddr"] } };
  const rules = nft({
    PREROUTING: [[
      { match: { op: "==", left: fib, right: "local" } },
      match("tcp", "dport", 30_080),
      { dnat: { addr: "10.244.2.2", port: 8080 } },
    ]],
  });
  equal(told({ ...rules, links }, ["10.244.1.2"]), expected);
  // Where it is not, they may be meant.
  const anywhere = [`-A PREROUTING -m addrtype ! --dst-type LOCAL ${nodePort}`];
  equal(told({ ...iptables(...anywhere), links }, ["10.244.1.2"]).length, 2);
});

Deno.test("translations: SNAT, redirects, ranges and IPv6 end points", () => {
  equal(told(iptables("-A POSTROUTING -j SNAT --to-source 192.0.2.9-192.0.2.12"), ["10.0.0.1"]), [
    "any 10.0.0.1 > 192.0.2.9",
  ]);
  equal(told(iptables("-A OUTPUT -d 10.0.0.1/32 -p tcp --dport 80 -j REDIRECT --to-ports 15001")), [
    "6 10.0.0.1:80 > 10.0.0.1:15001",
  ]);
  const six =
    "-A PREROUTING -d fd00::a/128 -p tcp --dport 80 -j DNAT --to-destination [fd00::b]:81";
  equal(told(iptables(six)), ["6 fd00::a:80 > fd00::b:81"]);
  equal(
    told(iptables("-A PREROUTING -d 10.0.0.0/8 -j DNAT --to-destination 10.0.0.2"), ["10.1.1.1"]),
    [
      "any 10.1.1.1 > 10.0.0.2",
    ],
  );
});

Deno.test("translations: chains that jump in circles end, and filter chains are not followed", () => {
  const circle = iptables(
    "-A PREROUTING -j A",
    "-A A -j B",
    "-A B -j A",
    "-A B -d 10.0.0.1/32 -j DNAT --to-destination 10.0.0.2",
  );
  equal(told(circle), ["any 10.0.0.1 > 10.0.0.2"]);
  const elsewhere = iptables("-A OTHER -d 10.0.0.1/32 -j DNAT --to-destination 10.0.0.2");
  equal(told(elsewhere), []);
});

Deno.test("translations: broken rules tell nothing and break nothing", () => {
  const strange = [
    [{ dnat: null }],
    [{ match: { op: "==", left: null, right: { set: "?" } } }, { dnat: { addr: { map: 3 } } }],
    [null, 5, "x", {}, { vmap: { key: {}, data: "@none" } }],
  ];
  equal(told(nft({ PREROUTING: strange })), []);
  equal(told(iptables("-A PREROUTING -j DNAT", "-A PREROUTING -d", "-A PREROUTING")), []);
});

Deno.test("translations: a service's address sends nothing, so no masquerade changes it", () => {
  const state = {
    ...iptables(
      "-A PREROUTING -d 10.96.0.10/32 -j DNAT --to-destination 10.244.0.7",
      "-A POSTROUTING -j MASQUERADE",
    ),
    links: [fakeLink("eth0", ["192.0.2.1/24"])],
  };
  equal(told(state, ["10.96.0.10", "10.9.9.9"]), [
    "any 10.96.0.10 > 10.244.0.7",
    "any 10.9.9.9 > 192.0.2.1",
  ]);
  // Held by a node, it may send, too.
  const held = { ...state, links: [fakeLink("eth0", ["192.0.2.1/24", "10.96.0.10/32"])] };
  equal(told(held, []).includes("any 10.96.0.10 > 192.0.2.1"), true);
});

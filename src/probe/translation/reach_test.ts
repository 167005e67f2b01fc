import { deepStrictEqual as equal } from "node:assert/strict";
import { fakeLink } from "../../../test/fake/state.ts";
import type { NetnsState } from "../../event/state.ts";
import { iptables, match, nft, told } from "../../../test/fake/nat_rules.ts";

const NODE = { links: [fakeLink("eth0", ["192.168.1.1/24"])] };

/** What becomes of the source of one address. */
const masqueraded = (state: Partial<NetnsState>, host: string) =>
  told({ ...state, ...NODE }, [host]).filter((line) =>
    line.startsWith(`any ${host} > 192.168.1.1`)
  );

const recorded = async (name: string) =>
  (await Deno.readTextFile(
    new URL(`../../../test/netfilter/fuzz/shape/recorded/${name}`, import.meta.url),
  )).split("\n");

/** The rules of the nat table as iptables-save printed them. */
const natLines = (lines: readonly string[]) =>
  lines.slice(lines.indexOf("*nat")).filter((line) => line.startsWith("-A"));

Deno.test("translations: kube-proxy masquerades what it marks, and of a pod that is little", async () => {
  // Rules that a real kube-proxy 1.20 wrote.
  const real = iptables(...natLines(await recorded("kube-proxy-1.20.2.iptables")));
  // The endpoint of two services: what it sends to itself through them.
  equal(masqueraded(real, "10.244.1.4"), [
    "any 10.244.1.4 > 192.168.1.1 with 10.244.1.4/32:8080",
  ]);
  // A pod that is no endpoint: nothing marks what it sends.
  equal(masqueraded(real, "10.244.1.9"), []);
  // Who is outside of the pods' network is masqueraded to each service, not to others.
  equal(masqueraded(real, "172.16.0.5"), [
    "any 172.16.0.5 > 192.168.1.1 with 10.244.1.4/32:8080 192.168.1.1/32:6443",
  ]);
});

Deno.test("translations: a mark that is restored, or set in another table, may be any packet's", () => {
  const masquerade = "-A POSTROUTING -m mark --mark 0x4000/0x4000 -j MASQUERADE";
  const marked = (...lines: string[]) => masqueraded(iptables(masquerade, ...lines), "10.9.9.9");
  equal(marked(), []);
  equal(marked("-A PREROUTING -j MARK --set-xmark 0x8000/0x8000"), []);
  equal(marked("-A PREROUTING -j MARK --set-xmark 0x0/0x4000"), []);
  const all = ["any 10.9.9.9 > 192.168.1.1"];
  equal(marked("-A PREROUTING -i eth1 -j MARK --set-xmark 0x4000/0x4000"), all);
  equal(marked("-A PREROUTING -j CONNMARK --restore-mark --nfmask 0x4000 --ctmask 0x4000"), all);
  equal(marked("-A PREROUTING -j CONNMARK --restore-mark --nfmask 0x80 --ctmask 0x80"), []);
  equal(marked("-A PREROUTING -m set --match-set x src -j MARK --set-xmark 0x4000/0x4000"), all);
  equal(marked("-A PREROUTING ! -s 10.9.0.0/16 -j MARK --set-xmark 0x4000/0x4000"), []);
  // What only the node itself sends is not what a pod sends.
  equal(marked("-A OUTPUT -j MARK --set-xmark 0x4000/0x4000"), []);
  // A connection's mark is another thing: who has it is not known.
  const byConnection = "-A POSTROUTING -m connmark --mark 0x4000/0x4000 -j MASQUERADE";
  equal(masqueraded(iptables(byConnection), "10.9.9.9"), all);
});

Deno.test("translations: what left the chain before is not masqueraded, when all that it asks is known", () => {
  const flannel = (...before: string[]) =>
    iptables(
      "-A POSTROUTING -j FLANNEL",
      "-A FLANNEL -m mark --mark 0x4000/0x4000 -j RETURN",
      ...before,
      "-A FLANNEL -s 10.244.0.0/16 ! -d 224.0.0.0/4 -j MASQUERADE",
    );
  equal(
    masqueraded(flannel("-A FLANNEL -s 10.244.1.0/24 -d 10.244.0.0/16 -j RETURN"), "10.244.1.4"),
    [
      "any 10.244.1.4 > 192.168.1.1 not with 224.0.0.0/4:* 10.244.0.0/16:*",
    ],
  );
  equal(
    masqueraded(flannel("-A FLANNEL -s 10.244.2.0/24 -d 10.244.0.0/16 -j RETURN"), "10.244.1.4"),
    [
      "any 10.244.1.4 > 192.168.1.1 not with 224.0.0.0/4:*",
    ],
  );
  equal(masqueraded(flannel("-A FLANNEL -s 10.244.1.4/32 -j RETURN"), "10.244.1.4"), []);
  // Of which packets this rule is, is not known.
  equal(
    masqueraded(flannel("-A FLANNEL -s 10.244.1.4/32 -m policy --dir out -j RETURN"), "10.244.1.4"),
    ["any 10.244.1.4 > 192.168.1.1 not with 224.0.0.0/4:*"],
  );
  equal(masqueraded(flannel(), "172.16.0.5"), []);
  equal(masqueraded(flannel("-A FLANNEL ! -d 10.1.0.0/16 -j RETURN"), "10.244.1.4"), [
    "any 10.244.1.4 > 192.168.1.1 with 10.1.0.0/16:* not with 224.0.0.0/4:*",
  ]);
});

Deno.test("translations: the mark of kube-proxy's nft rules is read, and an end by its network", () => {
  // As `nft -j list ruleset` prints them.
  const mark = { meta: { key: "mark" } };
  const and = { "&": [mark, 0x4000] };
  const is = (op: string, left: unknown, right: unknown) => ({ match: { op, left, right } });
  const source = { payload: { protocol: "ip", field: "saddr" } };
  const jump = (target: string) => ({ jump: { target } });
  const rules = nft({
    PREROUTING: [[match("ip", "daddr", "10.96.0.20"), jump("service")]],
    service: [
      [
        is("!=", source, { prefix: { addr: "10.244.0.0", len: 16 } }),
        jump("mark-for-masquerade"),
      ],
      [jump("endpoint")],
    ],
    endpoint: [
      [is("==", source, "10.244.1.3"), jump("mark-for-masquerade")],
      [{ dnat: { addr: "10.244.1.3", port: 8080 } }],
    ],
    "mark-for-masquerade": [[{ mangle: { key: mark, value: { "|": [mark, 0x4000] } } }]],
    POSTROUTING: [
      [is("==", and, 0), { return: null }],
      [{ mangle: { key: mark, value: { "^": [mark, 0x4000] } } }],
      [{ masquerade: { flags: "fully-random" } }],
    ],
  });
  equal(masqueraded(rules, "10.244.1.9"), []);
  const toEndpoint = (host: string) => [`any ${host} > 192.168.1.1 with 10.244.1.3/32:8080`];
  equal(masqueraded(rules, "10.244.1.3"), toEndpoint("10.244.1.3"));
  equal(masqueraded(rules, "172.16.0.5"), toEndpoint("172.16.0.5"));
});

Deno.test("translations: of many others that a marked packet may go to, the networks are told", () => {
  const services = Array.from({ length: 40 }, (_, i) => [
    `-A PREROUTING -d 10.96.0.${i}/32 -p tcp --dport 80 -j MARK --set-xmark 0x1/0x1`,
    `-A PREROUTING -d 10.96.0.${i}/32 -p tcp --dport 80 -j DNAT --to-destination 10.244.${i}.2:80`,
  ]).flat();
  const masquerade = "-A POSTROUTING -m mark --mark 0x1/0x1 -j MASQUERADE";
  equal(masqueraded(iptables(...services, masquerade), "172.16.0.5"), [
    "any 172.16.0.5 > 192.168.1.1 with 10.244.0.0/18:*",
  ]);
});

/** Who is in a set of ipset. */
import { equal } from "node:assert/strict";
import { emptyState } from "../../event/state.ts";
import type { NetfilterRule, NetfilterSet } from "../../event/state.ts";
import { isInIpset } from "./ipset.ts";
import type { Traveller } from "./traveller.ts";

const set = (name: string, table: string, elements: string[], more = {}): NetfilterSet => ({
  ...{ family: "ipset", table, name, elements, map: false },
  ...more,
});

const SETS = [
  set("nets", "hash:net inet", ["10.1.0.0/16", "10.1.9.0/24 nomatch", "192.0.2.1"]),
  set("ips", "hash:ip inet", ["10.1.9.9", "10.1.9.10"]),
  set("ends", "hash:ip,port inet", ["10.2.0.2,tcp:80", "10.2.0.2,udp:53"]),
  set("six", "hash:net inet6", ["::/0"]),
  set("ports", "bitmap:port inet", ["80", "443"]),
  set("cut", "hash:ip inet", ["10.1.9.9"], { truncated: true }),
  set("lists", "list:set inet", ["ips", "ends", "gone"]),
  set("known", "list:set inet", ["ips", "ends"]),
  set("within", "list:set inet", ["known"]),
  set("macs", "hash:ip,mac inet", ["10.1.9.9,02:00:00:00:00:AA"]),
  set("links", "hash:mac inet", ["02:00:00:00:00:AA"]),
  set("ways", "hash:net,iface inet", ["10.1.0.0/16,eth0", "10.1.0.0/16,cali wildcard"]),
  set("ports of bridges", "hash:net,iface inet", ["10.1.0.0/16,physdev:eth0"]),
  set("marks", "hash:ip,mark inet", ["10.1.9.9,0x00000063"]),
  set("grows", "hash:ip inet", []),
];

const grows: NetfilterRule = {
  ...{ tool: "iptables", family: "ip", table: "filter", chain: "INPUT", position: 1 },
  text: "-A INPUT -j SET --add-set grows src",
};

const state = emptyState(1, "0", { sets: SETS, netfilter: [grows] });

const at = (source: string, destination: string, more = {}): Traveller => ({
  headers: {
    ...{ network: "ip4", source, destination, protocol: 6, sourcePort: 4000, destinationPort: 80 },
    ...{ sourceMac: "02:00:00:00:00:aa", destinationMac: "02:00:00:00:00:bb" },
    ...more,
  },
  ...{ state, input: "eth0", output: null, mark: { value: 0x63, known: -1 } },
} as unknown as Traveller);

Deno.test("[N6] a packet is in a set of ipset by the end that the rule names", () => {
  const packet = at("10.1.9.9", "10.2.0.2");
  const cases: [name: string, flags: string, is: string][] = [
    // Of two networks the smaller one decides.
    ["nets", "src", "no"],
    ["nets", "dst", "no"],
    ["ips", "src", "yes"],
    ["ips", "dst", "no"],
    ["ends", "dst,dst", "yes"],
    ["ends", "src,dst", "no"],
    // Fewer ends than an element has parts, or another family: nothing is in it.
    ["ends", "dst", "no"],
    ["six", "src", "no"],
    ["ports", "dst", "yes"],
    ["ports", "src", "no"],
    ["cut", "src", "yes"],
    ["cut", "dst", "unknown"],
    ["lists", "src", "yes"],
    ["lists", "dst", "unknown"],
    ["known", "dst", "no"],
    // The flags are asked of each set in the list: one has two parts, the other one.
    ["known", "dst,dst", "yes"],
    ["within", "src", "unknown"],
    ["macs", "src,src", "yes"],
    ["macs", "src,dst", "no"],
    ["macs", "src", "no"],
    ["links", "src", "yes"],
    ["links", "dst", "no"],
    ["ways", "src,src", "yes"],
    // At this hook no device is known by which it leaves.
    ["ways", "src,dst", "no"],
    ["ways", "dst,src", "no"],
    ["ports of bridges", "src,src", "unknown"],
    ["marks", "src,src", "yes"],
    ["marks", "dst,src", "no"],
    ["grows", "src", "unknown"],
    ["missing", "src", "unknown"],
  ];
  for (const [name, flags, is] of cases) {
    equal(isInIpset(name, flags, packet), is, `${name} ${flags}`);
  }
  equal(isInIpset("nets", "src", at("10.1.8.1", "10.2.0.2")), "yes");
  equal(isInIpset("nets", "dst", at("10.9.9.9", "192.0.2.1")), "yes");
  equal(isInIpset("ends", "dst,dst", at("10.1.9.9", "10.2.0.2", { protocol: 17 })), "no");
  const six = at("fd00::1", "fd00::2", { network: "ip6" });
  equal(isInIpset("six", "src", six), "yes");
  equal(isInIpset("ips", "src", six), "no");
  const by = (input?: string) => ({ ...packet, input }) as Traveller;
  equal(isInIpset("ways", "src,src", by("cali12")), "yes");
  equal(isInIpset("ways", "src,src", by("eth01")), "no");
  equal(isInIpset("ways", "src,src", by()), "unknown");
  const unmarked = { ...packet, mark: { value: 0, known: 0xff } } as Traveller;
  equal(isInIpset("marks", "src,src", unmarked), "unknown");
});

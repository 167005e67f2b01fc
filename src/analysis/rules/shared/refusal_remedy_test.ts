/** Remedies for what a firewall refused: a person's rule, a person's policy, a controller's. */
import { deepEqual, equal, match } from "node:assert/strict";
import type { Event } from "../../../event/event.ts";
import {
  emptyState,
  type NetfilterChain,
  type NetfilterRule,
  type NetnsState,
} from "../../../event/state.ts";
import { caseFor } from "../../../../test/netfilter/case_fixture.ts";
import { dropped } from "../netfilter-drop/dropped.ts";
import { rejected } from "../netfilter-reject/rejected.ts";
import { tunnelRefused } from "../tunnel-blocked/tunnel_refused.ts";

/** An `iptables-save` of one table, as the probe reads it. */
function table(saved: string): Pick<NetnsState, "chains" | "netfilter"> {
  const chains: NetfilterChain[] = [];
  const netfilter: NetfilterRule[] = [];
  const counts = new Map<string, number>();
  for (const line of saved.trim().split("\n").map((each) => each.trim())) {
    const of = { family: "ip", table: "filter" };
    const declared = /^:(\S+) (\S+)/.exec(line);
    if (declared) {
      const [, name = "", policy = ""] = declared;
      const hooked = { type: "filter", hook: name.toLowerCase(), priority: 0 };
      const isBase = policy !== "-";
      chains.push({ ...of, name, ...(isBase ? { ...hooked, policy: policy.toLowerCase() } : {}) });
      continue;
    }
    const chain = /^-A (\S+)/.exec(line)![1]!;
    const position = (counts.get(chain) ?? 0) + 1;
    counts.set(chain, position);
    netfilter.push({ ...of, chain, position, text: line, tool: "iptables" });
  }
  return { chains, netfilter };
}

const link = (ifindex: number, name: string, address: string) => ({
  ...{ ifindex, name, kind: "veth", flags: [], operstate: "UP", mtu: 1500 },
  addresses: [{ address, prefix: 24 }],
});

const came: Event = {
  ...{ kind: "device-rx", timeNs: 0n, cpu: 0, netns: 1, ifindex: 2, device: "left", skb: "a1" },
  ...{ head: "b1", network: "ip4", protocol: 6, source: "10.1.0.2", destination: "10.2.0.2" },
  ...{ sourcePort: 4000, destinationPort: 80, tcpFlags: 2, tcpSequence: 1, ipId: 7, ttl: 64 },
  packetType: "host",
} as Event;

const died: Event = {
  ...came,
  ...{ kind: "drop", ttl: 63, function: "nft_do_chain", reason: "NETFILTER_DROP" },
};

/** Of a program on the machine itself, which has no device before its packet is routed. */
const kept: Event = {
  ...died,
  ...{ ifindex: 3, device: "right", source: "10.2.0.1", ttl: 64 },
} as Event;

function remedy(saved: string, events: Event[] = [came, died]): string[] {
  const state = emptyState(1, "0", {
    links: [link(2, "left", "10.1.0.1"), link(3, "right", "10.2.0.1")],
    routes: [
      { family: 4, table: 254, type: "unicast", destination: "10.2.0.0/24", device: "right" },
    ],
    ...table(saved),
  });
  const subject = caseFor({ events, before: state, after: state });
  const cause = dropped.judge(subject) ?? rejected.judge(subject) ?? tunnelRefused.judge(subject);
  equal(cause !== null, true, "the rule was not named");
  return cause!.remedy ?? [];
}

Deno.test("[N6] a person's rule is deleted by its words, and what would refuse next with it", () => {
  deepEqual(
    remedy(`
      :FORWARD ACCEPT
      -A FORWARD -p tcp -m tcp --dport 80 -m comment --comment "no web" -j DROP
    `),
    [
      "iptables -t filter -D FORWARD -p tcp -m tcp --dport 80 -m comment --comment 'no web' -j DROP",
    ],
  );
});

Deno.test("[N6] where the packet may die of another rule, a rule is only shown", () => {
  deepEqual(
    remedy(`
      :FORWARD ACCEPT
      -A FORWARD -p tcp -m tcp --dport 80 -j DROP
      -A FORWARD -p tcp -m limit --limit 1/sec -j DROP
    `).length,
    1,
  );
  match(
    remedy(`
      :FORWARD ACCEPT
      -A FORWARD -p tcp -m tcp --dport 80 -j DROP
      -A FORWARD -p tcp -j KUBE-FORWARD
      :KUBE-FORWARD -
      -A KUBE-FORWARD -p tcp -j DROP
    `)[0]!,
    /-S FORWARD$/,
  );
});

Deno.test("[N6] a policy stays: the packet gets a rule, and its answer where none lets it pass", () => {
  const own = "iptables -t filter -A FORWARD -s 10.1.0.2 -d 10.2.0.2 -p tcp --dport 80 -j ACCEPT";
  deepEqual(remedy(":FORWARD DROP"), [
    own,
    "iptables -t filter -A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
  ]);
  deepEqual(
    remedy(`
      :FORWARD DROP
      -A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
    `),
    [own],
  );
});

Deno.test("[N6] what has no ports gets a rule by its protocol, a tunnel by that of its outer header", () => {
  const ruleFor = (saved: string, more: Partial<Event>) =>
    remedy(saved, [{ ...came, ...more }, { ...died, ...more }] as Event[])[0];
  const outer = { tunnelSource: "10.1.0.2", tunnelDestination: "10.1.0.1", tunnelTtl: 64 };
  const tunnel = (more: Partial<Event>) => ruleFor(":INPUT DROP", { ...outer, ...more });
  const here = "iptables -t filter -A INPUT -s 10.1.0.2 -d 10.1.0.1";
  equal(tunnel({ tunnelKind: "gre", tunnelId: 7 }), `${here} -p 47 -j ACCEPT`);
  equal(tunnel({ tunnelKind: "ipip" }), `${here} -p 4 -j ACCEPT`);
  equal(tunnel({ tunnelKind: "sit", network: "ip6" }), `${here} -p 41 -j ACCEPT`);
  // In UDP (fou) the tunnel is a datagram.
  equal(
    tunnel({ tunnelKind: "ipip", tunnelSourcePort: 5555, tunnelDestinationPort: 5556 }),
    `${here} -p udp --dport 5556 -j ACCEPT`,
  );
  const through = "iptables -t filter -A FORWARD -s 10.1.0.2 -d 10.2.0.2";
  const plain = (more: Partial<Event>) => ruleFor(":FORWARD DROP", more);
  const none = { sourcePort: undefined, destinationPort: undefined, tcpFlags: undefined };
  equal(plain({ ...none, protocol: 50 }), `${through} -p 50 -j ACCEPT`);
  equal(plain({ protocol: 132 }), `${through} -p sctp --dport 80 -j ACCEPT`);
  // Later fragments of what has ports show none.
  equal(plain({ ...none, protocol: 17 }), undefined);
});

Deno.test("[N6] a controller's rule is never changed: who keeps it, and of what it is made", () => {
  const owned: [string, RegExp][] = [
    [
      `:FORWARD ACCEPT
      :KUBE-FORWARD -
      -A FORWARD -m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD
      -A KUBE-FORWARD -p tcp -m comment --comment "shop/web:http has no local endpoints" -j DROP`,
      /^# kube-proxy wrote this rule for Service shop\/web, which has no ready endpoint on this node/,
    ],
    [
      `:FORWARD ACCEPT
      :cali-FORWARD -
      :cali-tw-cali0bbb -
      :cali-pi-_shop-web -
      -A FORWARD -m comment --comment "cali:wUHhoiAYhphO9Mso" -j cali-FORWARD
      -A cali-FORWARD -m comment --comment "cali:jdEuaPBe14V2hutn" -j cali-tw-cali0bbb
      -A cali-tw-cali0bbb -m comment --comment "cali:Vy8Ry4ZCMWnyhBV4" -j cali-pi-_shop-web
      -A cali-pi-_shop-web -p tcp -m comment --comment "cali:yDNZmJ_VR5SaF8Du" -j DROP`,
      /^# Calico wrote this rule: look at the policy of its chain cali-pi-_shop-web$/,
    ],
    [
      `:FORWARD ACCEPT
      :cali-tw-cali0bbb -
      :cali-pi-_kxgQy6 -
      -A FORWARD -j cali-tw-cali0bbb
      -A cali-tw-cali0bbb -j cali-pi-_kxgQy6
      -A cali-tw-cali0bbb -p tcp -m comment --comment "Drop if no policies passed packet" -j DROP
      -A cali-pi-_kxgQy6 -m comment --comment "Policy shop/knp.default.$(id) ingress" -p udp -j RETURN`,
      /^# 'Calico wrote this rule: it was let pass by none of NetworkPolicy shop\/\$\(id\)'$/,
    ],
    [
      `:FORWARD ACCEPT
      :KUBE-POD-FW-X -
      -A FORWARD -j KUBE-POD-FW-X
      -A KUBE-POD-FW-X -p tcp -m comment --comment "rule to REJECT traffic destined for POD name:web-1 namespace: shop" -j REJECT --reject-with icmp-port-unreachable`,
      /^# kube-router wrote this rule for pod shop\/web-1/,
    ],
    [
      `:FORWARD ACCEPT
      -A FORWARD -o virbr0 -j REJECT --reject-with icmp-port-unreachable
      -A FORWARD ! -d 10.9.0.0/16 ! -i br-0123456789ab -o right -j DROP`,
      /^# Docker wrote this rule/,
    ],
    [
      `:FORWARD ACCEPT
      :FORWARD_IN_ZONES -
      :INPUT_ZONES -
      :FWDI_public -
      -A FORWARD -j FORWARD_IN_ZONES
      -A FORWARD_IN_ZONES -j FWDI_public
      -A FWDI_public -p tcp -j DROP`,
      /^# firewalld wrote this rule: .* none lets it pass from zone public, .* --add-forward does$/,
    ],
    [
      `:FORWARD ACCEPT
      :shorewall -
      :in_frwd -
      :loc-net -
      -A FORWARD -i left -j in_frwd
      -A in_frwd -o right -j loc-net
      -A loc-net -p tcp -j DROP`,
      /^# Shorewall wrote this rule: look at \/etc\/shorewall\/policy and /,
    ],
  ];
  for (const [saved, pattern] of owned) {
    const lines = remedy(saved);
    match(lines[0]!, pattern);
    equal(lines.some((line) => /^(ip|ip6)?tables|^nft (delete|add)| -[DIAP] /.test(line)), false);
  }
});

Deno.test("[N6] a chain with a name like a zone's is a person's where firewalld is not", () => {
  match(
    remedy(`
      :FORWARD ACCEPT
      :FWDI_web -
      -A FORWARD -j FWDI_web
      -A FWDI_web -p tcp -j DROP
    `)[0]!,
    /^iptables -t filter -D FWDI_web -p tcp -j DROP$/,
  );
});

Deno.test("[N6] ufw's and Docker's policies: their own ways to let a packet pass, checked", () => {
  deepEqual(
    remedy(`
      :FORWARD DROP
      :ufw-before-forward -
      :ufw-user-forward -
      -A FORWARD -j ufw-before-forward
      -A ufw-before-forward -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
      -A ufw-before-forward -j ufw-user-forward
    `),
    [
      "# ufw sets the policy of FORWARD: it is ufw that has to let the packet pass",
      "ufw route allow proto tcp from 10.1.0.2 to 10.2.0.2 port 80",
    ],
  );
  deepEqual(
    remedy(`
      :FORWARD DROP
      :DOCKER-USER -
      -A FORWARD -j DOCKER-USER
      -A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
      -A DOCKER-USER -j RETURN
    `).slice(1),
    [
      "iptables -t filter -I DOCKER-USER -s 10.1.0.2 -d 10.2.0.2 -p tcp --dport 80 -j ACCEPT",
      "iptables -t filter -I DOCKER-USER -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
    ],
  );
});

Deno.test("[N6] what a program sends is let out by ufw, and what ufw's users say of it is asked", () => {
  const out = `
    :OUTPUT DROP
    :ufw-before-output -
    :ufw-user-output -
    -A OUTPUT -j ufw-before-output
    -A ufw-before-output -j ufw-user-output
  `;
  const sets = "# ufw sets the policy of OUTPUT: it is ufw that has to let the packet pass";
  deepEqual(remedy(out, [kept]), [
    sets,
    "ufw allow out proto tcp from 10.2.0.1 to 10.2.0.2 port 80",
  ]);
  const refused = "-A ufw-user-output -p tcp -m tcp --dport 80 -j DROP";
  match(remedy(`${out.trim()}\n${refused}`, [kept])[1]!, /^ufw status numbered$/);
});

Deno.test("[N6] `ufw allow` is not told where a rule of ufw refuses before it is asked", () => {
  const lines = remedy(`
    :FORWARD DROP
    :ufw-before-forward -
    :ufw-user-forward -
    -A FORWARD -j ufw-before-forward
    -A ufw-before-forward -p tcp -j DROP
    -A ufw-before-forward -j ufw-user-forward
  `);
  deepEqual(lines.slice(1), ["ufw status numbered"]);
});

/**
 * Rules in the shapes of what people run, for one router of the yard: chains, marks and matches as
 * these programs write them. They are written for UDP over IPv4; `adapted` makes others of them.
 */

/** What the rules are about: addresses of one router's network, and its devices. */
export interface Place {
  /** IPv6 instead of IPv4, and what the rules are about. */
  six: boolean;
  protocol: "udp" | "tcp";
  /** The server's address, that of a service, of one without endpoints, the router's own. */
  server: string;
  service: string;
  empty: string;
  own: string;
  /** The router's address on the server's side. */
  outer: string;
  /** Network of the clients, with its length. */
  clients: string;
  /** Devices of the clients and of the server as the hooks of IP see them. */
  input: string;
  output: string;
}

/** What is other in rules of IPv6, in the words of iptables and of nft. */
const IN_SIX: readonly [RegExp, string][] = [
  [/\b127\.0\.0\.0\/8/g, "::1/128"],
  [/\/32\b/g, "/128"],
  [/\bicmp-(?=port-unreachable|host-prohibited)/g, "icmp6-"],
  [/icmp6-host-prohibited/g, "icmp6-adm-prohibited"],
  [/-p icmp -m icmp --icmp-type 8\b/g, "-p ipv6-icmp -m icmp6 --icmpv6-type 128"],
  [/-p icmp -m icmp --icmp-type 3\b/g, "-p ipv6-icmp -m icmp6 --icmpv6-type 1"],
  [/-p icmp -m icmp --icmp-type 11\b/g, "-p ipv6-icmp -m icmp6 --icmpv6-type 3"],
  [/-p icmp\b/g, "-p ipv6-icmp"],
  [/-m ttl --ttl-/g, "-m hl --hl-"],
  [/-p ipencap\b/g, "-p ipv6"],
  [/-m addrtype (! )?--(src|dst)-type BROADCAST/g, "-m addrtype $1--$2-type ANYCAST"],
  [/--to-destination (\S+):(\d+)$/g, "--to-destination [$1]:$2"],
  [/\btable ip /g, "table ip6 "],
  [/\bipv4_addr\b/g, "ipv6_addr"],
  [/\bip (saddr|daddr)\b/g, "ip6 $1"],
  [/\bnfproto ipv4\b/g, "nfproto ipv6"],
  [/dnat to ([0-9a-f:]+):(\d+)/g, "dnat to [$1]:$2"],
  [/\bicmp type echo-request\b/g, "icmpv6 type echo-request"],
];

/** Rules as this place has them: of its family, and about its protocol. */
export function adapted(text: string, { six, protocol }: Place): string {
  const own = protocol === "udp" ? text : text.replace(/\budp\b/g, "tcp");
  return six ? IN_SIX.reduce((words, [from, to]) => words.replace(from, to), own) : own;
}

/** Tables of iptables by name: lines of `iptables-restore`. */
export type Tables = Record<string, string[]>;

const words = (comment: string) => `-m comment --comment "${comment}"`;
const chains = (...names: string[]) => names.map((name) => `:${name} - [0:0]`);

function kubeProxy({ server, service, empty, clients }: Place): Tables {
  const one = `-d ${service}/32 -p udp ${words("shop/web:dns cluster IP")} -m udp --dport 53`;
  return {
    nat: [
      ...chains("KUBE-SERVICES", "KUBE-NODEPORTS", "KUBE-MARK-MASQ", "KUBE-POSTROUTING"),
      ...chains("KUBE-SVC-A", "KUBE-EXT-A", "KUBE-SEP-A", "KUBE-SEP-B"),
      `-A PREROUTING ${words("kubernetes service portals")} -j KUBE-SERVICES`,
      `-A OUTPUT ${words("kubernetes service portals")} -j KUBE-SERVICES`,
      `-A POSTROUTING ${words("kubernetes postrouting rules")} -j KUBE-POSTROUTING`,
      "-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000",
      "-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN",
      "-A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0",
      "-A KUBE-POSTROUTING -j MASQUERADE --random-fully",
      `-A KUBE-SERVICES ${one} -j KUBE-SVC-A`,
      `-A KUBE-SERVICES ${
        words("nodeports; must be the last rule")
      } -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS`,
      "-A KUBE-NODEPORTS -p udp -m udp --dport 30053 -j KUBE-EXT-A",
      "-A KUBE-EXT-A -j KUBE-MARK-MASQ",
      "-A KUBE-EXT-A -j KUBE-SVC-A",
      `-A KUBE-SVC-A ! -s ${clients} ${one} -j KUBE-MARK-MASQ`,
      `-A KUBE-SVC-A -m statistic --mode random --probability 0.50000000000 -j KUBE-SEP-B`,
      `-A KUBE-SVC-A ${words(`shop/web -> ${server}:5353`)} -j KUBE-SEP-A`,
      `-A KUBE-SEP-B -p udp -m udp -j DNAT --to-destination ${server}:9000`,
      `-A KUBE-SEP-A -s ${server}/32 -j KUBE-MARK-MASQ`,
      `-A KUBE-SEP-A -p udp -m udp -j DNAT --to-destination ${server}:5353`,
    ],
    filter: [
      ...chains("KUBE-SERVICES", "KUBE-EXTERNAL-SERVICES", "KUBE-FORWARD", "KUBE-FIREWALL"),
      "-A INPUT -m conntrack --ctstate NEW -j KUBE-EXTERNAL-SERVICES",
      "-A INPUT -j KUBE-FIREWALL",
      `-A FORWARD ${words("kubernetes forwarding rules")} -j KUBE-FORWARD`,
      "-A FORWARD -m conntrack --ctstate NEW -j KUBE-SERVICES",
      "-A OUTPUT -m conntrack --ctstate NEW -j KUBE-SERVICES",
      "-A OUTPUT -j KUBE-FIREWALL",
      "-A KUBE-FIREWALL -m mark --mark 0x8000/0x8000 -j DROP",
      "-A KUBE-FIREWALL ! -s 127.0.0.0/8 -d 127.0.0.0/8 -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP",
      "-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP",
      "-A KUBE-FORWARD -m mark --mark 0x4000/0x4000 -j ACCEPT",
      "-A KUBE-FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
      `-A KUBE-SERVICES -d ${empty}/32 -p udp ${
        words("shop/none has no endpoints")
      } -m udp --dport 53 -j REJECT --reject-with icmp-port-unreachable`,
      `-A KUBE-EXTERNAL-SERVICES -p udp ${
        words("shop/local has no local endpoints")
      } -m addrtype --dst-type LOCAL -m udp --dport 30054 -j DROP`,
    ],
  };
}

function calico({ input, output, server }: Place): Tables {
  return {
    raw: [
      ...chains("cali-PREROUTING", "cali-rpf-skip"),
      "-A PREROUTING -j cali-PREROUTING",
      "-A cali-PREROUTING -j MARK --set-xmark 0x0/0xf0000",
      `-A cali-PREROUTING -i ${input} -j MARK --set-xmark 0x40000/0x40000`,
      "-A cali-PREROUTING -m mark --mark 0x40000/0x40000 -j cali-rpf-skip",
      "-A cali-PREROUTING -m mark --mark 0x40000/0x40000 -m rpfilter --validmark --invert -j DROP",
      "-A cali-PREROUTING -m mark --mark 0x10000/0x10000 -j ACCEPT",
    ],
    filter: [
      ...chains("cali-FORWARD", "cali-INPUT", "cali-from-wl-dispatch", "cali-to-wl-dispatch"),
      ...chains("cali-fw-a", "cali-tw-b", "cali-pi-policy", "cali-wl-to-host", "cali-pro"),
      "-A INPUT -j cali-INPUT",
      "-A FORWARD -j cali-FORWARD",
      `-A FORWARD ${
        words("Policy explicitly accepted packet.")
      } -m mark --mark 0x10000/0x10000 -j ACCEPT`,
      "-A FORWARD -j MARK --set-xmark 0x10000/0x10000",
      "-A cali-FORWARD -j MARK --set-xmark 0x0/0xe0000",
      `-A cali-FORWARD -i ${input.slice(0, 2)}+ -j cali-from-wl-dispatch`,
      `-A cali-FORWARD -o ${output.slice(0, 2)}+ -j cali-to-wl-dispatch`,
      `-A cali-INPUT -i ${input} -g cali-wl-to-host`,
      "-A cali-INPUT -m mark --mark 0x10000/0x10000 -j ACCEPT",
      `-A cali-from-wl-dispatch -i ${input} -g cali-fw-a`,
      `-A cali-from-wl-dispatch ${words("Unknown interface")} -j DROP`,
      `-A cali-to-wl-dispatch -o ${output} -g cali-tw-b`,
      `-A cali-to-wl-dispatch ${words("Unknown interface")} -j DROP`,
      "-A cali-fw-a -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
      "-A cali-fw-a -m conntrack --ctstate INVALID -j DROP",
      "-A cali-fw-a -j MARK --set-xmark 0x0/0x10000",
      "-A cali-fw-a -p udp -m multiport --dports 4789 -j DROP",
      "-A cali-fw-a -p ipencap -j DROP",
      "-A cali-fw-a -j cali-pro",
      "-A cali-fw-a -m mark --mark 0x10000/0x10000 -j RETURN",
      `-A cali-fw-a ${words("Drop if no profiles matched")} -j DROP`,
      "-A cali-pro -j MARK --set-xmark 0x10000/0x10000",
      "-A cali-tw-b -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
      "-A cali-tw-b -j MARK --set-xmark 0x0/0x30000",
      "-A cali-tw-b -m mark --mark 0x0/0x20000 -j cali-pi-policy",
      "-A cali-tw-b -m mark --mark 0x10000/0x10000 -j RETURN",
      `-A cali-tw-b ${
        words("Drop if no policies passed packet")
      } -m mark --mark 0x0/0x20000 -j DROP`,
      `-A cali-pi-policy -d ${server}/32 -p udp -m multiport --dports 5353,8080 -j MARK --set-xmark 0x10000/0x10000`,
      "-A cali-pi-policy -m mark --mark 0x10000/0x10000 -j RETURN",
      "-A cali-wl-to-host -p udp -m udp --dport 22 -j DROP",
      "-A cali-wl-to-host -j ACCEPT",
    ],
  };
}

function docker({ server, input, output }: Place): Tables {
  return {
    raw: [`-A PREROUTING -d ${server}/32 ! -i ${input} -p udp -m udp --dport 9000 -j DROP`],
    nat: [
      ...chains("DOCKER"),
      "-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER",
      "-A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER",
      `-A POSTROUTING -s ${server}/32 ! -o ${output} -j MASQUERADE`,
      `-A DOCKER -p udp -m udp --dport 8053 -j DNAT --to-destination ${server}:5353`,
    ],
    filter: [
      ":FORWARD DROP [0:0]",
      ...chains("DOCKER", "DOCKER-USER", "DOCKER-ISOLATION-STAGE-1", "DOCKER-ISOLATION-STAGE-2"),
      "-A FORWARD -j DOCKER-USER",
      "-A FORWARD -j DOCKER-ISOLATION-STAGE-1",
      `-A FORWARD -o ${output} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`,
      `-A FORWARD -o ${output} -j DOCKER`,
      `-A FORWARD -i ${output} ! -o ${output} -j ACCEPT`,
      `-A DOCKER -d ${server}/32 ! -i docker9 -o ${output} -p udp -m udp --dport 5353 -j ACCEPT`,
      `-A DOCKER-ISOLATION-STAGE-1 -i ${output} ! -o ${output} -j DOCKER-ISOLATION-STAGE-2`,
      `-A DOCKER-ISOLATION-STAGE-2 -o ${input} -j DROP`,
      "-A DOCKER-USER -j RETURN",
    ],
  };
}

function ufw(_: Place): Tables {
  return {
    filter: [
      ":INPUT DROP [0:0]",
      ":FORWARD DROP [0:0]",
      ...chains("ufw-before-input", "ufw-before-forward", "ufw-user-input", "ufw-user-forward"),
      ...chains("ufw-not-local", "ufw-skip-to-policy-input", "ufw-logging-deny"),
      "-A INPUT -j ufw-before-input",
      "-A INPUT -j ufw-user-input",
      "-A FORWARD -j ufw-before-forward",
      "-A FORWARD -j ufw-user-forward",
      "-A ufw-before-input -i lo -j ACCEPT",
      "-A ufw-before-input -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
      "-A ufw-before-input -m conntrack --ctstate INVALID -j ufw-logging-deny",
      "-A ufw-before-input -m conntrack --ctstate INVALID -j DROP",
      "-A ufw-before-input -p icmp -m icmp --icmp-type 3 -j ACCEPT",
      "-A ufw-before-input -p icmp -m icmp --icmp-type 8 -j ACCEPT",
      "-A ufw-before-forward -p icmp -m icmp --icmp-type 3 -j ACCEPT",
      "-A ufw-before-forward -p icmp -m icmp --icmp-type 11 -j ACCEPT",
      "-A ufw-before-forward -p icmp -m icmp --icmp-type 8 -j ACCEPT",
      "-A ufw-before-input -j ufw-not-local",
      "-A ufw-not-local -m addrtype --dst-type LOCAL -j RETURN",
      "-A ufw-not-local -m addrtype --dst-type MULTICAST -j RETURN",
      "-A ufw-not-local -m addrtype --dst-type BROADCAST -j RETURN",
      "-A ufw-not-local -m limit --limit 3/min --limit-burst 10 -j ufw-logging-deny",
      "-A ufw-not-local -j DROP",
      "-A ufw-logging-deny -m limit --limit 3/min --limit-burst 10 -j LOG",
      "-A ufw-before-forward -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
      "-A ufw-user-input -p udp -m udp --dport 22 -j ACCEPT",
      "-A ufw-user-forward -p udp -m udp --dport 5353 -j ACCEPT",
      "-A ufw-user-forward -p udp -m multiport --dports 9000:9010 -j DROP",
    ],
  };
}

function portmap({ server, clients }: Place): Tables {
  return {
    nat: [
      ...chains("CNI-HOSTPORT-DNAT", "CNI-HOSTPORT-SETMARK", "CNI-HOSTPORT-MASQ", "CNI-DN-a"),
      "-A PREROUTING -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT",
      "-A OUTPUT -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT",
      `-A POSTROUTING ${words("CNI portfwd requiring masquerade")} -j CNI-HOSTPORT-MASQ`,
      "-A CNI-HOSTPORT-SETMARK -j MARK --set-xmark 0x2000/0x2000",
      "-A CNI-HOSTPORT-MASQ -m mark --mark 0x2000/0x2000 -j MASQUERADE",
      "-A CNI-HOSTPORT-DNAT -p udp -m multiport --dports 8053 -j CNI-DN-a",
      `-A CNI-DN-a -s ${clients} -p udp -m udp --dport 8053 -j CNI-HOSTPORT-SETMARK`,
      `-A CNI-DN-a -p udp -m udp --dport 8053 -j DNAT --to-destination ${server}:5353`,
    ],
    filter: [
      ...chains("CNI-FORWARD", "CNI-ADMIN"),
      `-A FORWARD ${words("CNI firewall plugin rules")} -j CNI-FORWARD`,
      "-A CNI-FORWARD -j CNI-ADMIN",
      `-A CNI-FORWARD -d ${server}/32 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`,
      `-A CNI-FORWARD -s ${server}/32 -j ACCEPT`,
    ],
  };
}

/** Shapes made of iptables' tables. */
export const IPTABLES_SHAPES: Record<string, (place: Place) => Tables> = {
  kubeProxy,
  calico,
  docker,
  ufw,
  portmap,
};

function kubeProxyNft({ server, service, empty, own, clients }: Place): string {
  return `table ip kube-proxy {
  set cluster-ips { type ipv4_addr; elements = { ${service}, ${empty} } }
  set nodeport-ips { type ipv4_addr; elements = { ${own} } }
  map no-endpoint-services { type ipv4_addr . inet_proto . inet_service : verdict;
    elements = { ${empty} . udp . 53 comment "shop/none" : goto reject-chain } }
  map service-ips { type ipv4_addr . inet_proto . inet_service : verdict;
    elements = { ${service} . udp . 53 : goto service-A } }
  map service-nodeports { type inet_proto . inet_service : verdict;
    elements = { udp . 30053 : goto external-A } }
  chain filter-forward { type filter hook forward priority 0; policy accept;
    ct state new jump service-endpoints-check
    ct state new jump cluster-ips-check
  }
  chain filter-output { type filter hook output priority 0; policy accept;
    ct state new jump service-endpoints-check
    ct state new jump cluster-ips-check
  }
  chain nat-output { type nat hook output priority -100; policy accept; jump services; }
  chain nat-prerouting { type nat hook prerouting priority -100; policy accept; jump services; }
  chain nat-postrouting { type nat hook postrouting priority 100; policy accept; jump masquerading; }
  chain cluster-ips-check { ip daddr @cluster-ips counter reject; }
  chain mark-for-masquerade { meta mark set meta mark | 0x4000; }
  chain masquerading {
    meta mark & 0x4000 == 0 return
    meta mark set meta mark ^ 0x4000
    masquerade fully-random
  }
  chain reject-chain { counter reject; }
  chain services {
    ip daddr . meta l4proto . th dport vmap @service-ips
    ip daddr @nodeport-ips meta l4proto . th dport vmap @service-nodeports
  }
  chain service-endpoints-check { ip daddr . meta l4proto . th dport vmap @no-endpoint-services; }
  chain service-A {
    ip daddr ${service} ip saddr != ${clients} jump mark-for-masquerade
    numgen random mod 1 vmap { 0 : goto endpoint-A }
  }
  chain external-A { jump mark-for-masquerade; goto service-A; }
  chain endpoint-A { ip saddr ${server} jump mark-for-masquerade; meta l4proto udp dnat to ${server}:5353; }
}`;
}

function firewalld({ input, output }: Place): string {
  return `table inet firewalld {
  chain mangle_PREROUTING { type filter hook prerouting priority -140; policy accept; jump mangle_PRE_public; }
  chain mangle_PRE_public { udp dport 4789 counter drop; }
  chain filter_PREROUTING { type filter hook prerouting priority 10; policy accept;
    icmpv6 type { nd-router-advert, nd-neighbor-solicit } accept
    meta nfproto ipv4 fib saddr . mark . iif oif missing counter drop
  }
  chain filter_INPUT { type filter hook input priority 10; policy accept;
    ct state { established, related } accept
    ct status dnat accept
    iifname "lo" accept
    jump filter_INPUT_ZONES
    ct state invalid counter drop
    meta nfproto ipv4 counter reject with icmpx admin-prohibited
  }
  chain filter_INPUT_ZONES { iifname "${input}" goto filter_IN_public; goto filter_IN_public; }
  chain filter_IN_public { icmp type echo-request accept; udp dport { 22, 53 } accept; }
  chain filter_FORWARD { type filter hook forward priority 10; policy accept;
    ct state { established, related } accept
    ct status dnat accept
    iifname "lo" accept
    ct state invalid counter drop
    iifname "${input}" oifname "${output}" jump filter_FWD_public
    meta nfproto ipv4 counter reject with icmpx admin-prohibited
  }
  chain filter_FWD_public { udp dport 5353 accept; udp dport 9000-9010 counter drop; }
}`;
}

/** Shapes made of nft's own tables. */
export const NFT_SHAPES: Record<string, (place: Place) => string> = { kubeProxyNft, firewalld };

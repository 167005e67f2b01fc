/** Rules in the shapes of kube-proxy. */
import { chains, type Place, type Tables, words } from "./place.ts";

/** As kube-proxy writes them in its mode iptables. */
export function kubeProxy({ server, service, empty, clients }: Place): Tables {
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

/** As kube-proxy does in its mode nftables. */
export function kubeProxyNft({ server, service, empty, own, clients }: Place): string {
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

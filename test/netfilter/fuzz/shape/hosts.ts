/** Rules in the shapes of what guards a host, or runs containers there. */
import { chains, type Place, type Tables } from "./place.ts";

/** As Docker does. */
export function docker({ server, input, output }: Place): Tables {
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

/** As ufw does. */
export function ufw(_: Place): Tables {
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

/** As firewalld does. */
export function firewalld({ input, output }: Place): string {
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

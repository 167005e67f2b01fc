/** Outcomes and cause codes: an interface, scripts switch on them. Meanings: `docs/causes.md`. */

/** Worst first: the order of flows in a report. */
export const OUTCOMES = [
  "dropped",
  "vanished",
  "unanswered",
  "unknown",
  "in-flight",
  "delivered",
] as const;

export const CAUSE_CODES = [
  "ip-forwarding-disabled",
  "no-route",
  "route-blackhole",
  "reverse-path-filter",
  "martian-address",
  "ttl-exceeded",
  "routing-loop",
  "mtu-exceeded",
  "neighbour-unresolved",
  "destination-mac-mismatch",
  "link-down",
  "tunnel-endpoint-unreachable",
  "tunnel-endpoint-wrong",
  "tunnel-no-endpoint",
  "tunnel-id-mismatch",
  "tunnel-blocked",
  "bridge-port-blocked",
  "bridge-port-isolated",
  "bridge-vlan-filtered",
  "bridge-hairpin-disabled",
  "netfilter-drop",
  "netfilter-reject",
  "conntrack-invalid",
  "conntrack-table-full",
  "service-without-endpoint",
  "traffic-control-drop",
  "xdp-drop",
  "queue-overflow",
  "backlog-overflow",
  "socket-filter",
  "no-listener",
  "receive-buffer-full",
  "accept-queue-full",
  "checksum-invalid",
  "ipsec-policy",
  "openvswitch-drop",
  "lost-between-nodes",
  "left-observed-network",
  "unexplained",
] as const;

export type Outcome = typeof OUTCOMES[number];
export type CauseCode = typeof CAUSE_CODES[number];

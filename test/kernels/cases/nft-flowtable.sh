# A router's flowtable forwards what its chain has let pass; the chain drops this.
# nodes: a r b
# fault: dropped netfilter-drop
build() {
  modprobe -a nf_flow_table nf_flow_table_inet nft_flow_offload
  ns a r b
  veth a e0 r e0
  veth r e1 b e0
  address a e0 10.250.22.1/24
  address r e0 10.250.22.254/24
  address r e1 10.250.23.254/24
  address b e0 10.250.23.1/24
  forwards r
  ip_ a route add default via 10.250.22.254
  ip_ b route add default via 10.250.23.254
  in_ r nft -f - <<'RULES'
table inet shop {
  flowtable fast {
    hook ingress priority 0; devices = { e0, e1 };
  }
  chain fw {
    type filter hook forward priority 0; policy accept;
    ct state established flow add @fast
  }
}
RULES
  listen b bulk 5001
}
fault() { in_ r nft insert rule inet shop fw tcp dport 5001 counter drop; }
traffic() { bulk a 10.250.23.1 5001 65536; }

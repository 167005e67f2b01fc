# nft counts each client's connections, and refuses the second one of this client.
# nodes: a b
# fault: dropped netfilter-drop
build() {
  pair a b 10.192.16
  listen b tcp 5432
  in_ b nft -f - <<'N'
table inet db {
  set clients { type ipv4_addr; size 128; flags dynamic; }
  chain in { type filter hook input priority 0; policy accept; }
}
N
}
fault() { in_ b nft add rule inet db in tcp dport 5432 ct state new add @clients '{ ip saddr ct count over 1 }' counter drop; }
traffic() {
  ask a tcp 10.192.16.2 5432 4 &
  sleep 1
  ask a tcp 10.192.16.2 5432
  wait
}

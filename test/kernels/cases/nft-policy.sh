# The policy of a chain drops: no rule of it takes the packet, and none that drops does.
# nodes: a b
# fault: dropped netfilter-drop
build() {
  pair a b 10.241.0
  in_ b nft -f - <<'RULES'
table inet shop {
  chain fw {
    type filter hook input priority 0; policy accept;
    udp dport 9 drop
    tcp dport 80 accept
  }
}
RULES
}
fault() { in_ b nft chain inet shop fw '{ policy drop; }'; }
traffic() { ping_ a 10.241.0.2; }

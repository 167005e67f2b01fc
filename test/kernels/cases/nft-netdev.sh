# nft at the device's ingress, before the bridge and all else, drops what comes from this address.
# nodes: a b
# fault: dropped netfilter-drop
build() { pair a b 10.191.18; }
fault() {
  in_ b nft -f - <<'N'
table netdev early {
  chain scrub {
    type filter hook ingress device "e0" priority -500; policy accept;
    ip saddr 10.191.18.0/29 ip daddr 10.191.18.2 counter drop
  }
}
N
}
traffic() { ping_ a 10.191.18.2; }

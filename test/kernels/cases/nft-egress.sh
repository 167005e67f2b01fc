# nft at a router's egress, behind all else, drops what leaves by the device for this host.
# nodes: a r b
# fault: dropped netfilter-drop
. /work/routed.sh
build() {
  routed 10.178
  in_ r nft -f - <<'N'
table netdev late {
  chain out {
    type filter hook egress device "e1" priority 0; policy accept;
    ip daddr 10.178.2.77 counter drop
  }
}
N
}
fault() { in_ r nft insert rule netdev late out ip daddr 10.178.2.1 counter drop; }
traffic() { ping_ a 10.178.2.1; }

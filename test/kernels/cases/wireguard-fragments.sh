# wireguard's packets are cut for the link, and a rule of nft at the receiver drops fragments.
# nodes: a b
# fault: dropped netfilter-drop
. /work/wireguard.sh
build() {
  guarded 172.27.1 10.127.0
  ip_ a link set wg0 mtu 1500
  ip_ b link set wg0 mtu 1500
  in_ b nft add table ip fw
  in_ b nft add chain ip fw pre '{ type filter hook prerouting priority -450; }'
}
fault() { in_ b nft add rule ip fw pre ip frag-off '&' 0x3fff != 0 counter drop; }
traffic() {
  ping_ a 10.127.0.2
  ping_ a -s 1450 10.127.0.2
}

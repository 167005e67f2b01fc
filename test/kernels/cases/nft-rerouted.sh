# nft marks what the host itself sends, and the routing rule about that mark refuses it.
# nodes: a b
# fault: dropped route-blackhole
build() {
  pair a b 10.190.23
  in_ a nft add table ip m
  in_ a nft add chain ip m out '{ type route hook output priority mangle; }'
  ip_ a rule add pref 100 fwmark 7 unreachable
}
fault() { in_ a nft add rule ip m out ip daddr 10.190.23.2 meta mark set 7; }
traffic() { ping_ a 10.190.23.2; }

# A gateway translates a service's public address for its own network, too, and hides the asker no more, whom the server answers past it.
# nodes: client gw server
# fault: mis-answered reply-not-translated
# besides: dropped reply-not-translated
build() {
  ns client gw server
  ip_ gw link add lan type bridge
  ip_ gw link set lan up
  veth gw p1 client e0
  veth gw p2 server e0
  ip_ gw link set p1 master lan
  ip_ gw link set p2 master lan
  address gw lan 10.210.1.1/24
  address client e0 10.210.1.10/24
  address server e0 10.210.1.20/24
  ip_ gw addr add 192.0.2.7/32 dev lo
  forwards gw
  in_ gw sysctl -qw net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.lan.send_redirects=0
  ip_ client route add default via 10.210.1.1
  ip_ server route add default via 10.210.1.1
  in_ gw nft -f - <<'N'
table ip nat {
  chain pre { type nat hook prerouting priority dstnat; ip daddr 192.0.2.7 tcp dport 443 dnat to 10.210.1.20:8443; }
  chain post { type nat hook postrouting priority srcnat; ip saddr 10.210.1.0/24 ip daddr 10.210.1.20 masquerade; }
}
N
  listen server tcp 8443
}
fault() { in_ gw nft flush chain ip nat post; }
traffic() { ask client tcp 192.0.2.7 443; }

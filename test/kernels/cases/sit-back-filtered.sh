# Two sites with IPv6 in IPv4: iptables of the asker's gateway takes no protocol 41, of which the answers come.
# nodes: left gw1 gw2 right
# fault: dropped tunnel-blocked
build() {
  modprobe sit
  ns left gw1 gw2 right
  veth left e0 gw1 lan
  veth gw1 wan gw2 wan
  veth gw2 lan right e0
  address gw1 wan 172.21.14.1/24
  address gw2 wan 172.21.14.2/24
  local node
  for node in left/e0 gw1/lan gw2/lan right/e0; do six_ ${node%/*} ${node#*/}; done
  ip_ gw1 link add s0 type sit local 172.21.14.1 remote 172.21.14.2
  ip_ gw2 link add s0 type sit local 172.21.14.2 remote 172.21.14.1
  for node in gw1 gw2; do six_ $node s0; ip_ $node link set s0 up; in_ $node sysctl -qw net.ipv6.conf.all.forwarding=1; done
  ip_ left addr add fd14:1::2/64 dev e0 nodad
  ip_ gw1 addr add fd14:1::1/64 dev lan nodad
  ip_ gw2 addr add fd14:2::1/64 dev lan nodad
  ip_ right addr add fd14:2::2/64 dev e0 nodad
  ip_ gw1 route add fd14:2::/64 dev s0
  ip_ gw2 route add fd14:1::/64 dev s0
  ip_ left route add default via fd14:1::1
  ip_ right route add default via fd14:2::1
  in_ gw1 iptables -P INPUT DROP
  in_ gw1 iptables -A INPUT -p 41 -s 172.21.14.2 -j ACCEPT
}
six_() {
  in_ "$1" sysctl -qw "net.ipv6.conf.$2.disable_ipv6=0" "net.ipv6.conf.$2.accept_dad=0" "net.ipv6.conf.$2.router_solicitations=0"
}
fault() { in_ gw1 iptables -D INPUT 1; }
traffic() { ping_ left fd14:2::2; }

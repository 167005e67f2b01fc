# A geneve over IPv6 may not be cut on its way, and the link beneath takes less than it sends.
# nodes: a b
# fault: dropped mtu-exceeded
build() {
  ns a b
  veth a e0 b e0
  local node own
  for node in a b; do
    own=1; [ $node = a ] || own=2
    in_ $node sysctl -qw net.ipv6.conf.e0.disable_ipv6=0
    ip_ $node addr add fd00:30::$own/64 dev e0 nodad
    ip_ $node link add gnv type geneve id 12 remote fd00:30::$((3 - own)) df set
    ip_ $node link set gnv address 02:00:00:00:30:0$own
    ip_ $node link set gnv mtu 1430 up
    address $node gnv 10.191.24.$own/24
    ip_ $node neigh add 10.191.24.$((3 - own)) lladdr 02:00:00:00:30:0$((3 - own)) dev gnv
  done
}
fault() {
  ip_ a link set gnv mtu 1500
  ip_ a link set e0 mtu 1400
}
traffic() { ping_ a -s 1380 -M do 10.191.24.2; }

# IPv6 inside GRE over IPv4 between two gateways; the far host's router has no way back by it.
# nodes: a g1 g2 b
# fault: dropped no-route
build() {
  ns a g1 g2 b
  veth a e0 g1 lan
  veth g1 wan g2 wan
  veth g2 lan b e0
  address g1 wan 172.27.4.1/24
  address g2 wan 172.27.4.2/24
  local node
  for node in a g1 g2 b; do
    in_ $node sysctl -qw net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.default.disable_ipv6=0
  done
  for node in a b; do in_ $node sysctl -qw net.ipv6.conf.e0.disable_ipv6=0; done
  for node in g1 g2; do in_ $node sysctl -qw net.ipv6.conf.lan.disable_ipv6=0 net.ipv6.conf.all.forwarding=1; done
  ip_ g1 link add g0 type gre local 172.27.4.1 remote 172.27.4.2
  ip_ g2 link add g0 type gre local 172.27.4.2 remote 172.27.4.1
  ip_ g1 link set g0 up
  ip_ g2 link set g0 up
  ip_ a addr add fd00:135:1::2/64 dev e0 nodad
  ip_ g1 addr add fd00:135:1::1/64 dev lan nodad
  ip_ g2 addr add fd00:135:2::1/64 dev lan nodad
  ip_ b addr add fd00:135:2::2/64 dev e0 nodad
  ip_ a -6 route add default via fd00:135:1::1
  ip_ b -6 route add default via fd00:135:2::1
  ip_ g1 -6 route add fd00:135:2::/64 dev g0
  ip_ g2 -6 route add fd00:135:1::/64 dev g0
}
fault() { ip_ g2 -6 route del fd00:135:1::/64; }
traffic() { ping_ a fd00:135:2::2; }

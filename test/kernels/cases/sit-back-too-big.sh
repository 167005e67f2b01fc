# What a host answers is too large for the tunnel of IPv6 in IPv4 that its router sends it by, which says so to the host.
# nodes: a g1 g2 b
# fault: dropped mtu-exceeded
build() {
  modprobe sit
  ns a g1 g2 b
  veth a e0 g1 lan
  veth g1 wan g2 wan
  veth g2 lan b e0
  address g1 wan 172.21.52.1/24
  address g2 wan 172.21.52.2/24
  local node own=1
  for node in a g1 g2 b; do
    in_ $node sysctl -qw net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.default.disable_ipv6=0
  done
  for node in a b; do in_ $node sysctl -qw net.ipv6.conf.e0.disable_ipv6=0; done
  for node in g1 g2; do
    in_ $node sysctl -qw net.ipv6.conf.lan.disable_ipv6=0 net.ipv6.conf.all.forwarding=1
    ip_ $node link add s0 type sit local 172.21.52.$own remote 172.21.52.$((3 - own))
    ip_ $node link set s0 up
    own=2
  done
  ip_ a addr add fd00:52:1::2/64 dev e0 nodad
  ip_ g1 addr add fd00:52:1::1/64 dev lan nodad
  ip_ g2 addr add fd00:52:2::1/64 dev lan nodad
  ip_ b addr add fd00:52:2::2/64 dev e0 nodad
  ip_ a -6 route add default via fd00:52:1::1
  ip_ b -6 route add default via fd00:52:2::1
  ip_ g1 -6 route add fd00:52:2::/64 dev s0
  ip_ g2 -6 route add fd00:52:1::/64 dev s0
}
fault() { ip_ g2 link set s0 mtu 1300; }
traffic() { ping_ a -s 1400 fd00:52:2::2; }

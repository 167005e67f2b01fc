# A router hands IPv6 to a tunnel that takes less than the sender sent, and answers so.
# nodes: a r b
# fault: dropped mtu-exceeded
build() {
  modprobe sit
  ns a r b
  veth a e0 r e0
  veth r e1 b e0
  local node
  for node in a r b; do
    in_ $node sysctl -qw net.ipv6.conf.e0.disable_ipv6=0 net.ipv6.conf.default.disable_ipv6=0
  done
  in_ r sysctl -qw net.ipv6.conf.all.forwarding=1
  ip_ a addr add fd00:45::1/64 dev e0 nodad
  ip_ r addr add fd00:45::2/64 dev e0 nodad
  address r e1 172.22.45.1/24
  address b e0 172.22.45.2/24
  ip_ r link set e1 mtu 1520
  ip_ b link set e0 mtu 1520
  ip_ r link add s6 type sit local 172.22.45.1 remote 172.22.45.2
  ip_ b link add s6 type sit local 172.22.45.2 remote 172.22.45.1
  ip_ r link set s6 mtu 1500 up
  ip_ b link set s6 mtu 1500 up
  ip_ r addr add fd00:45:1::1/64 dev s6 nodad
  ip_ b addr add fd00:45:1::2/64 dev s6 nodad
  ip_ a route add default via fd00:45::2
  ip_ b route add default via fd00:45:1::1
}
fault() { ip_ r link set s6 mtu 1400; }
traffic() { ping_ a -s 1452 -M do fd00:45:1::2; }

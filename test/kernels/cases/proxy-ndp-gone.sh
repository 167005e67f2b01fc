# A router answers for an IPv6 neighbour (proxy_ndp) on the asker's side, and its entry for that one is gone.
# nodes: a r b
# fault: dropped neighbour-unresolved
build() {
  ns a r b
  veth a e0 r e0
  veth r e1 b e0
  plain6 a e0 fd00:70::10/64
  plain6 r e0 fd00:70::1/128
  plain6 r e1 fd00:70:0:0:1::1/128
  plain6 b e0 fd00:70::20/64
  in_ r sysctl -qw net.ipv6.conf.all.forwarding=1 net.ipv6.conf.e0.proxy_ndp=1 net.ipv6.conf.e1.proxy_ndp=1 \
    net.ipv6.neigh.e0.proxy_delay=0 net.ipv6.neigh.e1.proxy_delay=0
  ip_ r route add fd00:70::10/128 dev e0
  ip_ r route add fd00:70::20/128 dev e1
  ip_ r neigh add proxy fd00:70::20 dev e0
  ip_ r neigh add proxy fd00:70::10 dev e1
}
plain6() {
  in_ "$1" sysctl -qw net.ipv6.conf.$2.disable_ipv6=0 net.ipv6.conf.$2.accept_dad=0 net.ipv6.conf.$2.router_solicitations=0
  ip_ "$1" addr add "$3" dev "$2" nodad
}
fault() { ip_ r neigh del proxy fd00:70::20 dev e0; }
traffic() { ping_ a -c 3 fd00:70::20; }

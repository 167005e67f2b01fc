# Of two routers of IPv6 the first one's link to the second takes less than what is sent, of which it tells the sender.
# nodes: a r1 r2 b
# fault: dropped mtu-exceeded
build() {
  ns a r1 r2 b
  local from=a i=1 to
  for to in r1 r2 b; do
    veth $from right $to left
    for side in "$from right 1" "$to left 2"; do
      set -- $side
      in_ $1 sysctl -qw net.ipv6.conf.$2.disable_ipv6=0 net.ipv6.conf.$2.accept_dad=0 net.ipv6.conf.$2.router_solicitations=0
      ip_ $1 addr add 2001:db8:239:$i::$3/64 dev $2 nodad
    done
    [ $to = b ] || in_ $to sysctl -qw net.ipv6.conf.all.forwarding=1
    from=$to i=$((i + 1))
  done
  ip_ a route add default via 2001:db8:239:1::2
  ip_ r1 route add 2001:db8:239:3::/64 via 2001:db8:239:2::2
  ip_ r2 route add 2001:db8:239:1::/64 via 2001:db8:239:2::1
  ip_ b route add default via 2001:db8:239:3::1
}
fault() { ip_ r1 link set right mtu 1280; ip_ r2 link set left mtu 1280; }
traffic() { ping_ a -M do -s 1400 2001:db8:239:3::2; }

# The server of IPv6 listens, and has no route to the asker that is behind a router.
# nodes: phone gw api
# fault: dropped no-route
build() {
  ns phone gw api
  veth phone e0 gw lan
  veth gw dmz api e0
  local node
  for node in phone api; do in_ $node sysctl -qw net.ipv6.conf.e0.disable_ipv6=0 net.ipv6.conf.lo.disable_ipv6=0; done
  in_ gw sysctl -qw net.ipv6.conf.lan.disable_ipv6=0 net.ipv6.conf.dmz.disable_ipv6=0 net.ipv6.conf.all.forwarding=1
  ip_ phone addr add fd00:51::2/64 dev e0 nodad
  ip_ gw addr add fd00:51::1/64 dev lan nodad
  ip_ gw addr add fd00:51:1::1/64 dev dmz nodad
  ip_ api addr add fd00:51:1::2/64 dev e0 nodad
  ip_ phone route add default via fd00:51::1
  ip_ api route add fd00:51::/64 via fd00:51:1::1
  listen api tcp 8443 six
}
fault() { ip_ api route del fd00:51::/64; }
traffic() { ask phone tcp fd00:51:1::2 8443; }

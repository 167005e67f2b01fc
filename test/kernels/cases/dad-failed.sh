# A server's IPv6 address was found to be another host's (duplicate address detection), so that the server has it no more.
# nodes: client sw server other
# fault: refused address-duplicate
# besides: dropped no-listener
build() {
  ns client sw server other
  ip_ sw link add br0 type bridge mcast_snooping 0
  ip_ sw link set br0 up
  local node
  for node in client server other; do
    veth $node e0 sw to-$node
    ip_ sw link set to-$node master br0
    in_ $node sysctl -qw net.ipv6.conf.e0.disable_ipv6=0
  done
  ip_ client addr add fd00:60::1/64 dev e0 nodad
  ip_ other addr add fd00:60::3/64 dev e0 nodad
  ip_ server addr add fd00:60::2/64 dev e0 nodad
  listen server tcp 8080 six
}
fault() {
  ip_ server addr del fd00:60::2/64 dev e0
  ip_ other addr add fd00:60::2/64 dev e0 nodad
  ip_ server addr add fd00:60::2/64 dev e0
  sleep 4
}
traffic() { ask client tcp fd00:60::2 8080; }

# IPsec in transport mode over IPv6: the asker has no state for what comes back, as after a restart of its daemon.
# nodes: a b
# fault: dropped ipsec-policy
. /work/esp.sh
build() {
  ns a b
  veth a eth0 b eth0
  six_ a 2001:db8:238::1/64
  six_ b 2001:db8:238::2/64
  local node
  for node in a b; do
    state $node 2001:db8:238::1 2001:db8:238::2 0x100
    state $node 2001:db8:238::2 2001:db8:238::1 0x200
  done
  policy6 a 1 2 out
  policy6 a 2 1 in
  policy6 b 2 1 out
  policy6 b 1 2 in
  ip_ a neigh add 2001:db8:238::2 lladdr "$(mac b eth0)" dev eth0
  ip_ b neigh add 2001:db8:238::1 lladdr "$(mac a eth0)" dev eth0
}
six_() {
  in_ "$1" sysctl -qw net.ipv6.conf.eth0.disable_ipv6=0 net.ipv6.conf.eth0.accept_dad=0 net.ipv6.conf.eth0.router_solicitations=0
  ip_ "$1" addr add "$2" dev eth0 nodad
}
# policy6 NODE FROM TO out|in
policy6() {
  ip_ "$1" xfrm policy add src "2001:db8:238::$2/128" dst "2001:db8:238::$3/128" dir "$4" tmpl src "2001:db8:238::$2" dst "2001:db8:238::$3" proto esp mode transport
}
fault() { ip_ a xfrm state del src 2001:db8:238::2 dst 2001:db8:238::1 proto esp spi 0x200; }
traffic() { ping_ a 2001:db8:238::2; }

# A host with proxy_arp and a route over a part of the link answers for a neighbour that is there itself.
# nodes: a switch b vpn behind
# fault: dropped frame-to-wrong-node
# besides: refused frame-to-wrong-node
build() {
  ns a switch b vpn behind
  ip_ switch link add br0 type bridge
  ip_ switch link set br0 up
  local name port=0
  for name in a b vpn; do
    port=$((port + 1))
    veth switch "p$port" $name e0
    ip_ switch link set "p$port" master br0
  done
  veth vpn e1 behind e0
  address a e0 10.190.24.1/24
  address b e0 10.190.24.130/24
  address vpn e0 10.190.24.3/24
  forwards vpn
  in_ vpn sysctl -qw net.ipv4.conf.e0.proxy_arp=1
}
fault() {
  ip_ vpn route add 10.190.24.128/25 dev e1
  ip_ a neigh replace 10.190.24.130 lladdr "$(mac vpn e0)" dev e0 nud reachable
}
traffic() { ping_ a 10.190.24.130; }

# One asks a group on a bridge: one host is in it, another is not. With the fault nobody is in it.
# nodes: sw a b c
# fault: unknown
build() {
  ns sw a b c
  ip_ sw link add br0 type bridge mcast_snooping 0
  ip_ sw link set br0 up
  local node
  for node in a b c; do
    veth sw p$node $node e0
    ip_ sw link set p$node master br0
  done
  address a e0 10.251.7.1/24
  address b e0 10.251.7.2/24
  address c e0 10.251.7.3/24
  ip_ a route add 239.0.0.0/8 dev e0
  in_ b sysctl -qw net.ipv4.icmp_echo_ignore_broadcasts=0
  ip_ b addr add 239.1.2.3/32 dev e0 autojoin
}
fault() { ip_ b addr del 239.1.2.3/32 dev e0; }
traffic() { ping_ a 239.1.2.3; }

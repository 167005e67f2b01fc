# A vxlan over IPv6: the answerer's table was told of no other end for the asker's link address.
# nodes: n1 n2
# fault: dropped tunnel-no-endpoint
build() {
  ns n1 n2
  veth n1 up0 n2 up0
  local node number=0
  for node in n1 n2; do
    number=$((number + 1))
    in_ $node sysctl -qw net.ipv6.conf.up0.disable_ipv6=0 net.ipv6.conf.up0.accept_dad=0
    ip_ $node addr add "fd00:72::$number/64" dev up0 nodad
    ip_ $node link add flannel.9 type vxlan id 9 local "fd00:72::$number" dstport 8472 nolearning
    ip_ $node link set flannel.9 address 02:00:00:72:00:0$number
    ip_ $node link set flannel.9 up
    address $node flannel.9 10.177.72.$number/24
  done
  ip_ n1 neigh add 10.177.72.2 lladdr 02:00:00:72:00:02 dev flannel.9
  ip_ n2 neigh add 10.177.72.1 lladdr 02:00:00:72:00:01 dev flannel.9
  in_ n1 bridge fdb append 02:00:00:72:00:02 dev flannel.9 dst fd00:72::2
  in_ n2 bridge fdb append 02:00:00:72:00:01 dev flannel.9 dst fd00:72::1
}
fault() { in_ n2 bridge fdb del 02:00:00:72:00:01 dev flannel.9 dst fd00:72::1; }
traffic() { ping_ n1 10.177.72.2; }

# The sender's vxlan over IPv6 computes no UDP checksum, and the receiver's one takes none without.
# nodes: a b
# fault: dropped checksum-invalid
build() {
  ns a b
  veth a e0 b e0
  local node number=0
  for node in a b; do
    number=$((number + 1))
    in_ $node sysctl -qw net.ipv6.conf.e0.disable_ipv6=0 net.ipv6.conf.e0.accept_dad=0
    ip_ $node addr add "fd00:22::$number/64" dev e0 nodad
  done
  tunnel a 1 2 udp6zerocsumtx
  tunnel b 2 1 udp6zerocsumrx
}
# tunnel NODE OWN OTHER WORDS...
tunnel() {
  ip_ "$1" link add vx0 address "02:00:00:00:22:0$2" type vxlan id 7 local "fd00:22::$2" \
    remote "fd00:22::$3" dstport 4789 "${@:4}"
  ip_ "$1" link set vx0 up
  address "$1" vx0 "10.180.4.$2/24"
  ip_ "$1" neigh add "10.180.4.$3" lladdr "02:00:00:00:22:0$3" dev vx0
}
fault() {
  ip_ b link del vx0
  tunnel b 2 1
}
traffic() { ping_ a 10.180.4.2; }

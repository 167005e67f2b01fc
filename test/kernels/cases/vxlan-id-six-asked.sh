# Of IPv6: the two ends of a vxlan have different VNIs, so that no question for its link address is answered.
# nodes: a b
# fault: dropped tunnel-id-mismatch
build() {
  pair a b 172.20.9
  vxlan b 7 172.20.9.1
  vxlan a 7 172.20.9.2
  seen a vx0 "fd00:156::1/64"
  seen b vx0 "fd00:156::2/64"
}
vxlan() {
  ip_ "$1" link add vx0 type vxlan id "$2" remote "$3" dstport 4789
  ip_ "$1" link set vx0 up
}
fault() {
  ip_ b link del vx0
  vxlan b 8 172.20.9.1
  seen b vx0 "fd00:156::2/64"
}
# seen NODE DEVICE ADDRESS/LENGTH: an address of IPv6 that is there at once.
seen() {
  in_ "$1" sysctl -qw "net/ipv6/conf/$2/disable_ipv6=0"
  ip_ "$1" addr add "$3" dev "$2" nodad
}
traffic() { ping_ a fd00:156::2; }

# Of IPv6: the sender asks for the receiver's link address in a VLAN that the receiver has no device for.
# nodes: a b
# fault: dropped vlan-unknown
build() {
  ns a b
  veth a e0 b e0
  local node
  for node in a b; do
    ip_ $node link add link e0 name e0.10 type vlan id 10
    ip_ $node link set e0.10 up
  done
  seen a e0.10 "fd00:150::1/64"
  seen b e0.10 "fd00:150::2/64"
}
fault() {
  ip_ b link del e0.10
  ip_ b link add link e0 name e0.20 type vlan id 20
  ip_ b link set e0.20 up
  seen b e0.20 "fd00:150::2/64"
}
# seen NODE DEVICE ADDRESS/LENGTH: an address of IPv6 that is there at once.
seen() {
  in_ "$1" sysctl -qw "net/ipv6/conf/$2/disable_ipv6=0"
  ip_ "$1" addr add "$3" dev "$2" nodad
}
traffic() { ping_ a fd00:150::2; }

# The receiver's device of the VLAN is down, by which it has lost its address of IPv6, so that nobody answers for it.
# nodes: a b
# fault: dropped link-down
build() {
  ns a b
  veth a e0 b e0
  local node
  for node in a b; do
    ip_ $node link add link e0 name e0.10 type vlan id 10
    ip_ $node link set e0.10 up
  done
  seen a e0.10 "fd00:151::1/64"
  seen b e0.10 "fd00:151::2/64"
}
fault() { ip_ b link set e0.10 down; }
# seen NODE DEVICE ADDRESS/LENGTH: an address of IPv6 that is there at once.
seen() {
  in_ "$1" sysctl -qw "net/ipv6/conf/$2/disable_ipv6=0"
  ip_ "$1" addr add "$3" dev "$2" nodad
}
traffic() { ping_ a fd00:151::2; }

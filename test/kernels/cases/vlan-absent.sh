# The sender's frames carry a VLAN that the receiver has no device for.
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
  address a e0.10 10.223.0.1/24
  address b e0.10 10.223.0.2/24
  ip_ a neigh add 10.223.0.2 lladdr "$(mac b e0)" dev e0.10
}
fault() {
  ip_ b link del e0.10
  ip_ b link add link e0 name e0.20 type vlan id 20
  ip_ b link set e0.20 up
  address b e0.20 10.223.0.2/24
}
traffic() { ping_ a 10.223.0.2; }

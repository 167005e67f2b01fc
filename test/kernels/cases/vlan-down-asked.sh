# The receiver's device of the VLAN is down, so that no question for its link address is answered.
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
  address a e0.10 10.180.1.1/24
  address b e0.10 10.180.1.2/24
}
fault() { ip_ b link set e0.10 down; }
traffic() { ping_ a 10.180.1.2; }

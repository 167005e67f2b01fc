# The sender tags as providers do (802.1ad), and the receiver's device of that id is one of 802.1Q, so that no question for its link address is answered.
# nodes: a b
# fault: dropped vlan-unknown
build() {
  ns a b
  veth a e0 b e0
  local node
  for node in a b; do tagged $node 802.1ad; done
  address a v10 10.180.2.1/24
  address b v10 10.180.2.2/24
}
# tagged NODE PROTOCOL
tagged() {
  ip_ "$1" link add link e0 name v10 type vlan protocol "$2" id 10
  ip_ "$1" link set v10 up
}
fault() {
  ip_ b link del v10
  tagged b 802.1Q
  address b v10 10.180.2.2/24
}
traffic() { ping_ a 10.180.2.2; }

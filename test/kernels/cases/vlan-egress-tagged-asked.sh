# The bridge's port to a host keeps the VLAN's tag on what it sends, and the host has no such device, so that no question for its link address is answered.
# nodes: host one two
# fault: dropped vlan-unknown
build() {
  ns host one two
  ip_ host link add br0 type bridge vlan_filtering 1 vlan_default_pvid 0
  ip_ host link set br0 up
  local name number=0
  for name in one two; do
    number=$((number + 1))
    veth "$name" e0 host "p$number"
    ip_ host link set "p$number" master br0
    in_ host bridge vlan add dev "p$number" vid 10 pvid untagged
    address "$name" e0 "10.180.3.$number/24"
  done
}
fault() { in_ host bridge vlan add dev p2 vid 10 pvid; }
traffic() { ping_ one 10.180.3.2; }

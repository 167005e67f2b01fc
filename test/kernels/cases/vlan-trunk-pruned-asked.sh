# Two switches: the trunk's far end was never given the VLAN of both hosts, so that no question for its link address is answered.
# nodes: cam-7 access core nvr
# fault: dropped bridge-vlan-filtered
build() {
  ns cam-7 access core nvr
  veth cam-7 lan0 access g1
  veth access trunk-a core trunk-b
  veth nvr lan0 core g24
  local switch
  for switch in access core; do
    ip_ $switch link add sw type bridge vlan_filtering 1 vlan_default_pvid 0
    ip_ $switch link set sw up
  done
  untagged access g1
  untagged core g24
  tagged access trunk-a
  tagged core trunk-b
  address cam-7 lan0 10.191.1.1/24
  address nvr lan0 10.191.1.2/24
}
untagged() {
  ip_ "$1" link set "$2" master sw
  in_ "$1" bridge vlan add dev "$2" vid 613 pvid untagged
}
tagged() {
  ip_ "$1" link set "$2" master sw
  in_ "$1" bridge vlan add dev "$2" vid 613
  in_ "$1" bridge vlan add dev "$2" vid 20
}
fault() { in_ core bridge vlan del dev trunk-b vid 613; }
traffic() { ping_ cam-7 10.191.1.2; }

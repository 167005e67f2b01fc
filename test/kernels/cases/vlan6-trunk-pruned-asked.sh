# Of IPv6: two switches: the trunk's far end was never given the VLAN of both hosts, so that no question for its link address is answered.
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
  seen cam-7 lan0 "fd00:159::1/64"
  seen nvr lan0 "fd00:159::2/64"
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
# seen NODE DEVICE ADDRESS/LENGTH: an address of IPv6 that is there at once.
seen() {
  in_ "$1" sysctl -qw "net/ipv6/conf/$2/disable_ipv6=0"
  ip_ "$1" addr add "$3" dev "$2" nodad
}
traffic() { ping_ cam-7 fd00:159::2; }

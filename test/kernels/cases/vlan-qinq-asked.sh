# Two tags: the outer one is the same at both ends, the inner one is not, so that no question for its link address is answered.
# nodes: isp cpe
# fault: dropped vlan-unknown
build() {
  modprobe 8021q
  ns isp cpe
  veth isp ge-0 cpe wan
  stacked isp ge-0 100 7
  stacked cpe wan 100 7
  address isp c-vlan 10.191.3.1/24
  address cpe c-vlan 10.191.3.2/24
}
# stacked NODE DEVICE OUTER INNER
stacked() {
  ip_ "$1" link add link "$2" name s-vlan type vlan proto 802.1ad id "$3"
  ip_ "$1" link set s-vlan up
  ip_ "$1" link add link s-vlan name c-vlan type vlan id "$4"
  ip_ "$1" link set c-vlan up
}
fault() {
  ip_ cpe link del c-vlan
  ip_ cpe link add link s-vlan name c-vlan type vlan id 8
  ip_ cpe link set c-vlan up
  address cpe c-vlan 10.191.3.2/24
}
traffic() { ping_ isp 10.191.3.2; }

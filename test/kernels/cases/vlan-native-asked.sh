# Two switches: what the trunk carries untagged is VLAN 10 for the one, and VLAN 20 for the other, so that no question for its link address is answered.
# nodes: a s1 s2 b
# fault: dropped bridge-vlan-filtered
build() {
  ns a s1 s2 b
  veth a e0 s1 p0
  veth s1 t0 s2 t0
  veth b e0 s2 p0
  local switch device
  for switch in s1 s2; do
    ip_ $switch link add br0 type bridge vlan_filtering 1
    ip_ $switch link set br0 up
    for device in p0 t0; do
      ip_ $switch link set $device master br0
      in_ $switch bridge vlan del dev $device vid 1
      in_ $switch bridge vlan add dev $device vid 10 pvid untagged
    done
  done
  address a e0 10.190.3.1/24
  address b e0 10.190.3.2/24
}
fault() {
  in_ s2 bridge vlan add dev t0 vid 20 pvid untagged
  in_ s2 bridge vlan add dev t0 vid 10
}
traffic() { ping_ a 10.190.3.2; }

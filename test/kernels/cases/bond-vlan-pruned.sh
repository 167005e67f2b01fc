# A bond went over to its other link, and the switch's port there carries only some of the VLANs.
# nodes: hv tor db
# fault: dropped bridge-vlan-filtered
build() {
  ns hv tor db
  veth hv nic1 tor swp1
  veth hv nic2 tor swp2
  veth tor swp9 db eth0
  ip_ tor link add sw type bridge vlan_filtering 1 vlan_default_pvid 0
  ip_ tor link set sw up
  local port
  for port in swp1 swp2 swp9; do ip_ tor link set $port master sw; done
  in_ tor bridge vlan add dev swp1 vid 55
  in_ tor bridge vlan add dev swp2 vid 55
  in_ tor bridge vlan add dev swp2 vid 56
  in_ tor bridge vlan add dev swp9 vid 55 pvid untagged
  ip_ hv link add uplink type bond mode active-backup miimon 100
  for port in nic1 nic2; do
    ip_ hv link set $port down
    ip_ hv link set $port master uplink
  done
  ip_ hv link set uplink up
  ip_ hv link set uplink type bond active_slave nic1
  ip_ hv link add link uplink name uplink.55 type vlan id 55
  ip_ hv link set uplink.55 up
  address hv uplink.55 10.155.0.1/24
  address db eth0 10.155.0.2/24
  ip_ hv neigh add 10.155.0.2 dev uplink.55 lladdr "$(mac db eth0)" nud permanent
  ip_ db neigh add 10.155.0.1 dev eth0 lladdr "$(mac hv uplink)" nud permanent
}
fault() {
  in_ tor bridge vlan del dev swp2 vid 55
  ip_ hv link set uplink type bond active_slave nic2
}
traffic() { ping_ hv 10.155.0.2; }

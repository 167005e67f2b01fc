# A container has the host's device by macvlan (passthru) and a VLAN on it, which the switch's port does not have (any more).
# nodes: host=host,pod sw peer
# fault: dropped bridge-vlan-filtered
build() {
  ns host pod sw peer
  ip_ sw link add br0 type bridge vlan_filtering 1 vlan_default_pvid 0
  ip_ sw link set br0 up
  veth host e0 sw ph
  veth peer e0 sw pp
  ip_ sw link set ph master br0
  ip_ sw link set pp master br0
  in_ sw bridge vlan add dev ph vid 30
  in_ sw bridge vlan add dev pp vid 30
  ip_ host link add link e0 name mv0 type macvlan mode passthru
  ip_ host link set mv0 netns "$RUN.pod"
  ip_ pod link set mv0 up
  ip_ pod link add mv0.30 link mv0 type vlan id 30
  ip_ pod link set mv0.30 up
  ip_ peer link add e0.30 link e0 type vlan id 30
  ip_ peer link set e0.30 up
  address pod mv0.30 10.121.0.1/24
  address peer e0.30 10.121.0.2/24
  ip_ pod neigh replace 10.121.0.2 lladdr "$(mac peer e0.30)" dev mv0.30
  ip_ peer neigh replace 10.121.0.1 lladdr "$(mac pod mv0.30)" dev e0.30
}
fault() { in_ sw bridge vlan del dev ph vid 30; }
traffic() { ping_ pod 10.121.0.2; }

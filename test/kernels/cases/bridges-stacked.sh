# A virtual machine's bridge is on a VLAN of the host's own bridge; ebtables' successor on the upper one drops one sender.
# nodes: host=host,vm b
# fault: dropped netfilter-drop
build() {
  ns host vm b
  ip_ host link add br0 type bridge vlan_filtering 1
  ip_ host link set br0 up
  veth host uplink b trunk
  ip_ host link set uplink master br0
  in_ host bridge vlan add dev uplink vid 30
  in_ host bridge vlan add dev br0 vid 30 self
  ip_ host link add link br0 name br0.30 type vlan id 30
  ip_ host link add br30 type bridge
  ip_ host link set br0.30 master br30
  ip_ host link set br0.30 up
  ip_ host link set br30 up
  veth vm eth0 host vnet0
  ip_ host link set vnet0 master br30
  address vm eth0 10.58.1.1/24
  ip_ b link add link trunk name v30 type vlan id 30
  ip_ b link set v30 up
  address b v30 10.58.1.2/24
  in_ host nft add table bridge guard
  in_ host nft add chain bridge guard pass '{ type filter hook forward priority 0; }'
}
fault() { in_ host nft add rule bridge guard pass iifname br0.30 ip saddr 10.58.1.2 counter drop; }
traffic() { ping_ vm 10.58.1.2; }

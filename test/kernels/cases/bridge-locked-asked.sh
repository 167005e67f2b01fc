# The bridge's port is locked, as for 802.1X, and its table does not hold the sender (any more), so that no question for its link address is answered.
# nodes: laptop switch printer
# fault: dropped bridge-port-blocked
# without 5.10: ports can be locked since 5.18
build() {
  ns laptop switch printer
  ip_ switch link add lan type bridge
  ip_ switch link set lan up
  local name
  for name in laptop printer; do
    veth switch "to-$name" $name nic
    ip_ switch link set "to-$name" master lan
  done
  address laptop nic 10.191.4.1/24
  address printer nic 10.191.4.2/24
  in_ switch bridge link set dev to-laptop learning off locked on
  in_ switch bridge fdb add "$(mac laptop nic)" dev to-laptop master static
}
fault() { in_ switch bridge fdb del "$(mac laptop nic)" dev to-laptop master; }
traffic() { ping_ laptop 10.191.4.2; }

# One host's LACP bond has no partner and uses its first link; the switch's table has it behind the second one.
# nodes: a switch b
# fault: dropped bond-port-inactive
build() {
  ns a switch b
  ip_ switch link add br0 type bridge
  ip_ switch link set br0 up
  veth a e0 switch pa
  veth b e0 switch p0
  veth b e1 switch p1
  local device
  for device in pa p0 p1; do ip_ switch link set $device master br0; done
  ip_ b link add bond0 type bond mode 802.3ad miimon 100 lacp_rate fast
  for device in e0 e1; do
    ip_ b link set $device down
    ip_ b link set $device master bond0
  done
  ip_ b link set bond0 up
  for device in e0 e1; do ip_ b link set $device up; done
  address a e0 10.140.3.1/24
  address b bond0 10.140.3.2/24
  sleep 2
}
fault() { in_ switch bridge fdb replace "$(mac b bond0)" dev p1 master static sticky; }
traffic() { ping_ a 10.140.3.2; }

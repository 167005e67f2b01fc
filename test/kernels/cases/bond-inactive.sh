# The switch's table has the host behind the link that its bond does not hold active (any more).
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
  ip_ b link add bond0 type bond mode active-backup miimon 100
  for device in e0 e1; do
    ip_ b link set $device down
    ip_ b link set $device master bond0
  done
  ip_ b link set bond0 up
  for device in e0 e1; do ip_ b link set $device up; done
  ip_ b link set bond0 type bond active_slave e0
  address a e0 10.180.0.1/24
  address b bond0 10.180.0.2/24
}
fault() { in_ switch bridge fdb replace "$(mac b bond0)" dev p1 master static sticky; }
traffic() { ping_ a 10.180.0.2; }

# Somebody has changed the link address of a bond's active port, so what comes in for the bond is taken for another's.
# nodes: db app
# fault: dropped destination-mac-mismatch
build() {
  ns db app
  veth db nic1 app eth0
  ip_ db link add bond7 type bond mode active-backup miimon 100
  ip_ db link set nic1 down
  ip_ db link set nic1 master bond7
  ip_ db link set bond7 up
  address db bond7 10.177.97.1/24
  address app eth0 10.177.97.2/24
  ip_ app neigh add 10.177.97.1 lladdr "$(mac db bond7)" dev eth0
}
fault() { ip_ db link set nic1 address 02:00:00:00:97:77; }
traffic() { ping_ app 10.177.97.1; }

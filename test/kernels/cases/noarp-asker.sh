# The asker's device asks nobody for link addresses (NOARP), so that its frames are for itself.
# nodes: probe switch server
# fault: dropped destination-mac-mismatch
build() {
  ns probe switch server
  veth probe e0 switch p1
  veth switch p2 server e0
  ip_ switch link add br0 type bridge
  ip_ switch link set p1 master br0
  ip_ switch link set p2 master br0
  ip_ switch link set br0 up
  address probe e0 10.91.6.1/24
  address server e0 10.91.6.2/24
}
fault() { ip_ probe link set e0 arp off; }
traffic() { ping_ probe 10.91.6.2; }

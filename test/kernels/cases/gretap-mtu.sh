# A bridge hands a gretap frames that may not be cut, and with its headers they are too large beneath.
# nodes: pod=pod,host far
# fault: dropped mtu-exceeded
build() {
  ns pod host far
  veth pod eth0 host p0
  veth host under far under
  address host under 172.22.44.1/24
  address far under 172.22.44.2/24
  ip_ host link set under mtu 1600
  ip_ far link set under mtu 1600
  ip_ host link add tap type gretap local 172.22.44.1 remote 172.22.44.2
  ip_ far link add tap type gretap local 172.22.44.2 remote 172.22.44.1
  ip_ host link add br0 type bridge
  ip_ host link set tap mtu 1500 master br0
  ip_ host link set p0 master br0
  ip_ host link set br0 up
  ip_ host link set tap up
  ip_ far link set tap mtu 1500 up
  address pod eth0 10.192.9.1/24
  address far tap 10.192.9.2/24
}
fault() { ip_ host link set under mtu 1500; }
traffic() {
  ping_ pod 10.192.9.2
  ping_ pod -s 1472 -M do 10.192.9.2
}

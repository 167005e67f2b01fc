# Two machines talk through a vxlan of a hub, whose bridge has both behind that one port and may send nothing back by it (hairpin).
# nodes: hub one two
# fault: dropped bridge-hairpin-disabled
build() {
  ns hub one two
  ip_ hub link add fabric type bridge
  ip_ hub link set fabric up
  local i=1 node
  for node in one two; do
    veth $node e0 hub f$i
    ip_ hub link set f$i master fabric
    address $node e0 172.30.4.$i/24
    i=$((i + 1))
  done
  address hub fabric 172.30.4.9/24
  ip_ hub link add br0 type bridge
  ip_ hub link set br0 up
  ip_ hub link add vx0 type vxlan id 73 local 172.30.4.9 dstport 4789 nolearning
  ip_ hub link set vx0 master br0
  ip_ hub link set vx0 up
  in_ hub bridge link set dev vx0 hairpin on
  i=1
  for node in one two; do
    ip_ $node link add vx0 type vxlan id 73 remote 172.30.4.9 local 172.30.4.$i dstport 4789
    ip_ $node link set vx0 address 02:00:00:00:73:0$i
    ip_ $node link set vx0 up
    address $node vx0 10.73.1.$i/24
    in_ hub bridge fdb add 02:00:00:00:73:0$i dev vx0 dst 172.30.4.$i self static
    in_ hub bridge fdb add 02:00:00:00:73:0$i dev vx0 master static
    i=$((i + 1))
  done
  ip_ one neigh add 10.73.1.2 lladdr 02:00:00:00:73:02 dev vx0
  ip_ two neigh add 10.73.1.1 lladdr 02:00:00:00:73:01 dev vx0
}
fault() { in_ hub bridge link set dev vx0 hairpin off; }
traffic() { ping_ one 10.73.1.2; }

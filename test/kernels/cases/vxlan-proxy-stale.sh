# A vxlan answers ARP itself (proxy), and was told a link address of the far container that it has no more.
# nodes: host1=host1,one host2=host2,two
# fault: dropped tunnel-no-endpoint
build() {
  ns host1 one host2 two
  veth host1 uplink host2 uplink
  address host1 uplink 172.21.44.1/24
  address host2 uplink 172.21.44.2/24
  local number
  for number in 1 2; do
    local host=host$number name=one
    [ $number = 1 ] || name=two
    ip_ $host link add br0 type bridge
    ip_ $host link set br0 up
    ip_ $host link add vx0 type vxlan id 44 dstport 4789 nolearning proxy local 172.21.44.$number
    ip_ $host link set vx0 master br0
    ip_ $host link set vx0 up
    veth $name e0 $host to-$name
    ip_ $host link set to-$name master br0
    ip_ $name link set e0 address 02:00:00:00:44:0$number
    address $name e0 10.44.4.$number/24
    in_ $host bridge fdb append 02:00:00:00:44:0$((3 - number)) dev vx0 dst 172.21.44.$((3 - number))
    ip_ $host neigh add 10.44.4.$((3 - number)) lladdr 02:00:00:00:44:0$((3 - number)) dev vx0 nud permanent
  done
}
fault() { ip_ host1 neigh replace 10.44.4.2 lladdr 02:00:00:00:44:99 dev vx0 nud permanent; }
traffic() { ping_ one 10.44.4.2; }

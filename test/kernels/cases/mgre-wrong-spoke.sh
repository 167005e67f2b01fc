# GRE for many ends (as of DMVPN): the hub's entry for one spoke names the other spoke.
# nodes: hub s1 s2
# fault: dropped tunnel-endpoint-wrong
build() {
  ns hub s1 s2
  veth hub e1 s1 e0
  veth hub e2 s2 e0
  address hub e1 172.29.1.1/24
  address s1 e0 172.29.1.2/24
  address hub e2 172.29.2.1/24
  address s2 e0 172.29.2.2/24
  address hub lo 172.29.0.1/32
  ip_ s1 route add 172.29.0.1 via 172.29.1.1
  ip_ s2 route add 172.29.0.1 via 172.29.2.1
  ip_ hub link add mgre0 type gre local 172.29.0.1 key 9
  ip_ hub link set mgre0 up
  address hub mgre0 10.110.0.254/24
  local i
  for i in 1 2; do
    ip_ s$i link add gre0x type gre local 172.29.$i.2 remote 172.29.0.1 key 9
    ip_ s$i link set gre0x up
    address s$i gre0x 10.110.0.$i/24
    ip_ hub neigh add 10.110.0.$i lladdr 172.29.$i.2 dev mgre0
  done
}
fault() { ip_ hub neigh replace 10.110.0.1 lladdr 172.29.2.2 dev mgre0; }
traffic() { ping_ hub 10.110.0.1; }

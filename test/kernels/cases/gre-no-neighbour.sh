# A GRE device for many: which end has the address is said by an entry for the neighbour, which is missing.
# nodes: hub spoke
# fault: dropped tunnel-no-endpoint
build() {
  pair hub spoke 172.22.21
  ip_ hub link add dmvpn type gre local 172.22.21.1 key 9
  ip_ spoke link add dmvpn type gre local 172.22.21.2 key 9
  ip_ hub link set dmvpn up
  ip_ spoke link set dmvpn up
  address hub dmvpn 10.191.5.1/24
  address spoke dmvpn 10.191.5.2/24
  ip_ hub neigh add 10.191.5.2 lladdr 172.22.21.2 dev dmvpn nud permanent
  ip_ spoke neigh add 10.191.5.1 lladdr 172.22.21.1 dev dmvpn nud permanent
}
fault() { ip_ hub neigh del 10.191.5.2 dev dmvpn; }
traffic() { ping_ hub 10.191.5.2; }

# Two filters of tc redirect to each other's device, so that the packet goes round until the kernel ends it.
# nodes: a host=host,b
# fault: dropped traffic-control-drop
build() {
  ns a host b
  veth a e0 host left
  veth host right b e0
  address a e0 10.191.13.1/24
  address b e0 10.191.13.2/24
  ip_ a neigh add 10.191.13.2 lladdr "$(mac b e0)" dev e0
  ip_ b neigh add 10.191.13.1 lladdr "$(mac a e0)" dev e0
  crossed left right
  crossed right left
}
crossed() {
  tc_ host qdisc add dev "$1" clsact
  tc_ host filter add dev "$1" ingress matchall action mirred egress redirect dev "$2"
}
fault() {
  tc_ host filter add dev right egress matchall action mirred egress redirect dev left
  tc_ host filter add dev left egress matchall action mirred egress redirect dev right
}
traffic() { ping_ a 10.191.13.2; }

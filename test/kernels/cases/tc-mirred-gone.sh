# A filter of tc redirects what comes to a device that was deleted since.
# nodes: a r b
# fault: dropped traffic-control-drop
build() {
  ns a r b
  veth a e0 r e0
  veth r e1 b e0
  address a e0 10.21.0.1/24
  address b e0 10.21.0.2/24
  ip_ a neigh add 10.21.0.2 lladdr "$(mac b e0)" dev e0
  ip_ b neigh add 10.21.0.1 lladdr "$(mac a e0)" dev e0
  local from to
  for from in e0 e1; do
    to=e1; [ $from = e0 ] || to=e0
    ip_ r link set $from promisc on
    tc_ r qdisc add dev $from ingress
    tc_ r filter add dev $from parent ffff: matchall action mirred egress redirect dev $to
  done
}
fault() { ip_ r link del e1; }
traffic() { ping_ a 10.21.0.2; }

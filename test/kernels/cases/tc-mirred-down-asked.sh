# A filter of tc redirects what comes to a device that is down, so that no question for its link address is answered.
# nodes: a r b
# fault: dropped traffic-control-drop
build() {
  ns a r b
  veth a e0 r e0
  veth r e1 b e0
  address a e0 10.232.0.1/24
  address b e0 10.232.0.2/24
  local from to
  for from in e0 e1; do
    to=e1; [ $from = e0 ] || to=e0
    ip_ r link set $from promisc on
    tc_ r qdisc add dev $from ingress
    tc_ r filter add dev $from parent ffff: matchall action mirred egress redirect dev $to
  done
}
fault() { ip_ r link set e1 down; }
traffic() { ping_ a 10.232.0.2; }

# A filter of a queue that has room, fq_codel's, drops what goes to this address.
# nodes: a b
# fault: dropped traffic-control-drop
build() {
  pair a b 10.249.0
  # With a filter fq_codel drops what none matches, too, so no ARP would leave.
  ip_ a neigh add 10.249.0.2 lladdr "$(mac b e0)" dev e0
  tc_ a qdisc add dev e0 root handle 1: fq_codel
}
fault() {
  tc_ a filter add dev e0 parent 1: protocol ip u32 match ip dst 10.249.0.2/32 action drop
}
traffic() { ping_ a 10.249.0.2; }

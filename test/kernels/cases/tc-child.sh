# A filter of tc under a class drops what goes to this address.
# nodes: a b
# fault: dropped traffic-control-drop
build() {
  pair a b 10.237.0
  tc_ a qdisc add dev e0 root handle 1: prio
  tc_ a filter add dev e0 parent 1: protocol ip prio 2 u32 match ip dst 10.237.0.2 classid 1:2
}
fault() {
  tc_ a filter add dev e0 parent 1: protocol ip prio 1 u32 match ip dst 10.237.0.2 action drop
}
traffic() { ping_ a 10.237.0.2; }

# A filter of tc at the egress of the host that is asked for its link address drops all that it sends.
# nodes: a b
# fault: dropped traffic-control-drop
build() {
  pair a b 10.87.1
  tc_ b qdisc add dev e0 clsact
  tc_ b filter add dev e0 egress prio 4 matchall action pass
}
fault() {
  tc_ b filter del dev e0 egress prio 4
  tc_ b filter add dev e0 egress prio 4 matchall action drop
}
traffic() { ping_ a -c 3 -i 1 -W 3 10.87.1.2; sleep 2; }

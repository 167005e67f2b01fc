# A filter of tc at the asker's own ingress drops all that comes, the answers about link addresses as well.
# nodes: a b
# fault: dropped traffic-control-drop
build() {
  pair a b 10.88.1
  tc_ a qdisc add dev e0 clsact
  tc_ a filter add dev e0 ingress prio 4 matchall action pass
}
fault() {
  tc_ a filter del dev e0 ingress prio 4
  tc_ a filter add dev e0 ingress prio 4 matchall action drop
}
traffic() { ping_ a -c 3 -i 1 -W 3 10.88.1.2; sleep 2; }

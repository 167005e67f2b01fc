# qfq sends by filters to its classes, and none of them has what goes to this host (any more).
# nodes: a b
# fault: dropped queue-overflow
build() {
  modprobe sch_qfq
  pair a b 10.58.1
  ip_ a neigh add 10.58.1.2 lladdr "$(mac b e0)" dev e0
  ip_ b neigh add 10.58.1.1 lladdr "$(mac a e0)" dev e0
  tc_ a qdisc add dev e0 root handle 1: qfq
  tc_ a class add dev e0 parent 1: classid 1:1 qfq weight 1
  tc_ a class add dev e0 parent 1: classid 1:2 qfq weight 5
  tc_ a filter add dev e0 parent 1: prio 1 protocol ip u32 match ip dst 10.58.1.0/24 flowid 1:2
}
fault() {
  tc_ a filter del dev e0 parent 1: prio 1
  tc_ a filter add dev e0 parent 1: prio 1 protocol ip u32 match ip dst 10.58.2.0/24 flowid 1:2
}
traffic() { ping_ a 10.58.1.2; }

# drr sends by filters to its classes, and the filter for this host is gone.
# nodes: a b
# fault: dropped queue-overflow
build() {
  pair a b 10.191.27
  tc_ a qdisc add dev e0 root handle 1: drr
  tc_ a class add dev e0 parent 1: classid 1:1 drr quantum 600
  tc_ a class add dev e0 parent 1: classid 1:2 drr quantum 600
  tc_ a filter add dev e0 parent 1: prio 1 protocol arp matchall classid 1:1
  tc_ a filter add dev e0 parent 1: prio 2 protocol ip u32 match ip dst 10.191.27.2/32 classid 1:2
}
fault() { tc_ a filter del dev e0 parent 1: prio 2; }
traffic() { ping_ a 10.191.27.2; }

# hfsc has no default class and no filter, so it drops what it is given.
# nodes: a b
# fault: dropped queue-overflow
build() {
  pair a b 10.190.15
  ip_ a neigh add 10.190.15.2 lladdr "$(mac b e0)" dev e0
  classes default 1
}
# classes WORDS...: what hfsc is made with.
classes() {
  tc_ a qdisc add dev e0 root handle 1: hfsc "$@"
  tc_ a class add dev e0 parent 1: classid 1:1 hfsc ls rate 100mbit
}
fault() {
  tc_ a qdisc del dev e0 root
  classes
}
traffic() { ping_ a 10.190.15.2; }

# netem turns a bit of each packet, so that its checksum is wrong where it arrives.
# nodes: a b
# fault: dropped checksum-invalid
build() {
  pair a b 10.185.1
  ip_ a neigh add 10.185.1.2 lladdr "$(mac b e0)" dev e0
  tc_ a qdisc add dev e0 root netem delay 1ms
}
fault() { tc_ a qdisc change dev e0 root netem delay 1ms corrupt 100%; }
traffic() { ping_ a -s 1400 10.185.1.2; }

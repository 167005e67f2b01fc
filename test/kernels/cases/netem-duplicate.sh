# netem loses all. The healthy one sends each packet twice.
# nodes: a b
# fault: dropped traffic-control-drop
build() {
  pair a b 10.250.21
  ip_ a neigh add 10.250.21.2 lladdr "$(mac b e0)" dev e0
  listen b udp 9
  tc_ a qdisc add dev e0 root netem duplicate 100%
}
fault() { tc_ a qdisc change dev e0 root netem loss 100%; }
traffic() { ping_ a 10.250.21.2; ask a udp 10.250.21.2 9; }

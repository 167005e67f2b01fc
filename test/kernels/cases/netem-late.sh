# netem holds each packet for longer than the one who asks waits.
# nodes: a b
# fault: answered
build() {
  pair a b 10.191.30
  ip_ a neigh add 10.191.30.2 lladdr "$(mac b e0)" dev e0
  ip_ b neigh add 10.191.30.1 lladdr "$(mac a e0)" dev e0
  tc_ b qdisc add dev e0 root netem delay 2ms
}
fault() { tc_ b qdisc change dev e0 root netem delay 1800ms; }
traffic() { ping_ a 10.191.30.2; sleep 2; }

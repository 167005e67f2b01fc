# netem at the root drops everything, so that no question for its link address is answered.
# nodes: a b
# fault: dropped traffic-control-drop
build() {
  pair a b 10.202.0
  tc_ a qdisc add dev e0 root netem delay 1ms
}
fault() { tc_ a qdisc change dev e0 root netem loss 100%; }
traffic() { ping_ a 10.202.0.2; }

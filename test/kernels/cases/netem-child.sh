# netem, a child of prio, drops what a filter sends to its band.
# nodes: a b
# fault: dropped traffic-control-drop
build() {
  pair a b 10.201.0
  tc_ a qdisc add dev e0 root handle 1: prio
  tc_ a qdisc add dev e0 parent 1:3 netem delay 1ms
  tc_ a filter add dev e0 parent 1: protocol ip u32 match ip dst 10.201.0.2 classid 1:3
}
fault() { tc_ a qdisc change dev e0 parent 1:3 netem loss 100%; }
traffic() { ping_ a 10.201.0.2; }

# netem of the host that is asked for its link address loses all that it sends, the answer to that as well.
# nodes: a b
# fault: dropped traffic-control-drop
build() {
  pair a b 10.86.1
  tc_ b qdisc add dev e0 root netem delay 1ms
}
fault() { tc_ b qdisc change dev e0 root netem loss 100%; }
traffic() { ping_ a -c 3 -i 1 -W 3 10.86.1.2; sleep 2; }

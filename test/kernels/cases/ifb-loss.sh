# What comes in is redirected to an ifb, whose netem drops everything.
# nodes: a b
# fault: dropped traffic-control-drop
build() {
  modprobe ifb numifbs=0
  pair a b 10.190.4
  ip_ b link add ifb0 type ifb
  ip_ b link set ifb0 up
  tc_ b qdisc add dev ifb0 root netem delay 1ms
  tc_ b qdisc add dev e0 ingress
  tc_ b filter add dev e0 parent ffff: protocol ip matchall action mirred egress redirect dev ifb0
}
fault() { tc_ b qdisc change dev ifb0 root netem loss 100%; }
traffic() { ping_ a 10.190.4.2; }

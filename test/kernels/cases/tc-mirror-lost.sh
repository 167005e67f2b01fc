# A copy of all that comes in goes to an ifb that loses it; then tc sends it there instead of copying it.
# nodes: a b
# fault: dropped traffic-control-drop
build() {
  modprobe ifb numifbs=0
  pair a b 10.170.0
  ip_ b link add tap0 type ifb
  ip_ b link set tap0 up
  tc_ b qdisc add dev tap0 root netem loss 100%
  tc_ b qdisc add dev e0 clsact
  tc_ b filter add dev e0 ingress protocol ip prio 1 matchall action mirred egress mirror dev tap0
}
fault() {
  tc_ b filter del dev e0 ingress prio 1
  tc_ b filter add dev e0 ingress protocol ip prio 1 matchall action mirred egress redirect dev tap0
}
traffic() { ping_ a 10.170.0.2; }

# What comes in is shaped on an ifb by cake, which has far too little for what comes at once.
# nodes: a b
# fault: dropped queue-overflow
build() {
  modprobe ifb numifbs=0
  pair a b 10.61.1
  listen b udp 9
  ip_ b link add ifb0 type ifb
  ip_ b link set ifb0 up
  tc_ b qdisc add dev ifb0 root cake bandwidth 100mbit
  tc_ b qdisc add dev e0 ingress
  tc_ b filter add dev e0 parent ffff: protocol ip matchall action mirred egress redirect dev ifb0
}
fault() { tc_ b qdisc change dev ifb0 root cake bandwidth 20kbit memlimit 8000; }
traffic() { burst a 10.61.1.2 9 12; }

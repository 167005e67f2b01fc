# A policer of tc takes what is more than a kilobyte a second.
# nodes: a b
# fault: dropped traffic-control-drop
build() {
  pair a b 10.231.0
  tc_ b qdisc add dev e0 ingress
  tc_ b filter add dev e0 parent ffff: protocol ip prio 1 flower ip_proto icmp \
    action police rate 100mbit burst 100k conform-exceed drop
}
fault() {
  tc_ b filter del dev e0 parent ffff: prio 1
  tc_ b filter add dev e0 parent ffff: protocol ip prio 1 flower ip_proto icmp \
    action police rate 8kbit burst 1500 conform-exceed drop
}
traffic() { in_ a ping -n -c 6 -i 0.05 -s 1000 -W 1 10.231.0.2 || true; }

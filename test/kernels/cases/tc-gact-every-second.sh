# An action of tc lets pass but drops each second packet that goes to this host.
# nodes: a b
# fault: dropped traffic-control-drop
build() {
  modprobe act_gact
  pair a b 10.219.1
  tc_ a qdisc add dev e0 clsact
  tc_ a filter add dev e0 egress protocol ip prio 5 flower dst_ip 10.219.1.2 action pass
}
fault() {
  tc_ a filter del dev e0 egress prio 5
  tc_ a filter add dev e0 egress protocol ip prio 5 flower dst_ip 10.219.1.2 action pass random determ drop 2
}
traffic() { ping_ a -c 4 10.219.1.2; }

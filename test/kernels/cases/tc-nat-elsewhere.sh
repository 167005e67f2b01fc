# tc's nat translates the destination at the receiver's ingress into an address that it does not have.
# nodes: a b
# fault: dropped ip-forwarding-disabled
build() {
  pair a b 10.157.0
  address b e0 10.157.0.3/24
  tc_ b qdisc add dev e0 clsact
  tc_ b filter add dev e0 ingress protocol ip prio 1 flower ip_proto icmp dst_ip 10.157.0.2 action nat ingress 10.157.0.2/32 10.157.0.3
  tc_ b filter add dev e0 egress protocol ip prio 1 flower ip_proto icmp src_ip 10.157.0.3 action nat egress 10.157.0.3/32 10.157.0.2
}
fault() {
  tc_ b filter del dev e0 ingress prio 1
  tc_ b filter add dev e0 ingress protocol ip prio 1 flower ip_proto icmp dst_ip 10.157.0.2 action nat ingress 10.157.0.2/32 10.157.0.77
}
traffic() { ping_ a 10.157.0.2; }

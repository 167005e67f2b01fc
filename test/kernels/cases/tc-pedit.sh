# tc writes another destination into what is sent (and back), and does not correct its checksum.
# nodes: a b
# fault: dropped checksum-invalid
build() {
  pair a b 10.190.21
  ip_ a neigh add 10.190.21.9 lladdr "$(mac b e0)" dev e0
  tc_ a qdisc add dev e0 clsact
  tc_ a filter add dev e0 egress prio 1 protocol ip flower dst_ip 10.190.21.9 \
    action pedit ex munge ip dst set 10.190.21.2 pipe csum ip4h
  tc_ a filter add dev e0 ingress prio 1 protocol ip flower src_ip 10.190.21.2 \
    action pedit ex munge ip src set 10.190.21.9 pipe csum ip4h
}
fault() {
  tc_ a filter del dev e0 egress prio 1
  tc_ a filter add dev e0 egress prio 1 protocol ip flower dst_ip 10.190.21.9 \
    action pedit ex munge ip dst set 10.190.21.2
}
traffic() { ping_ a 10.190.21.9; }

# A filter of tc at the first router's ingress sets the TTL of what comes to one (pedit and csum), so that it dies there.
# nodes: a r b
# fault: dropped ttl-exceeded
. /work/routed.sh
build() {
  routed 10.9
  tc_ r qdisc add dev e0 clsact
  tc_ r filter add dev e0 ingress protocol ip prio 1 flower ip_proto icmp action pedit ex munge ip ttl set 40 pipe csum ip
}
fault() {
  tc_ r filter del dev e0 ingress prio 1
  tc_ r filter add dev e0 ingress protocol ip prio 1 flower ip_proto icmp action pedit ex munge ip ttl set 1 pipe csum ip
}
traffic() { ping_ a 10.9.2.1; }

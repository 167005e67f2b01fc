# A filter of tc at the egress of a router's port drops the answers to one client; the questions pass.
# nodes: a r b
# fault: dropped traffic-control-drop
. /work/routed.sh
build() {
  routed 10.144
  listen b tcp 8443
  tc_ r qdisc add dev e0 clsact
  tc_ r filter add dev e0 egress protocol ip prio 5 flower ip_proto tcp src_port 8444 action drop
}
fault() { tc_ r filter add dev e0 egress protocol ip prio 6 flower ip_proto tcp src_port 8443 action drop; }
traffic() { ask a tcp 10.144.2.1 8443; }

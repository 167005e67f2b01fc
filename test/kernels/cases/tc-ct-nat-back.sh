# tc translates a service's address at the router (act_ct), and its filter for what comes back is gone.
# nodes: a r b
# fault: mis-answered reply-not-translated
. /work/routed.sh
build() {
  modprobe act_ct
  routed 10.45
  listen b udp 53
  tc_ r qdisc add dev e0 clsact
  tc_ r qdisc add dev e1 clsact
  tc_ r filter add dev e0 ingress prio 1 protocol ip flower ip_proto udp dst_ip 10.45.9.9 dst_port 53 ct_state -trk \
    action ct commit nat dst addr 10.45.2.1 pipe action pass
  tc_ r filter add dev e1 ingress prio 1 protocol ip flower ip_proto udp src_port 53 ct_state -trk action ct nat pipe action pass
}
fault() { tc_ r filter del dev e1 ingress prio 1; }
traffic() { ask a udp 10.45.9.9 53; }

# A filter of tc behind connection tracking drops what begins a connection, and lets the rest pass.
# nodes: a b
# fault: dropped traffic-control-drop
build() {
  pair a b 10.186.1
  listen b tcp 80
  tc_ b qdisc add dev e0 clsact
  tc_ b filter add dev e0 ingress protocol ip prio 1 chain 0 flower ct_state -trk action ct zone 5 pipe action goto chain 1
  tc_ b filter add dev e0 ingress protocol ip prio 1 chain 1 flower ct_state +trk+new action ct zone 5 commit pipe action pass
  tc_ b filter add dev e0 ingress protocol ip prio 2 chain 1 flower ct_state +trk+est action pass
}
fault() {
  tc_ b filter del dev e0 ingress protocol ip prio 1 chain 1
  tc_ b filter add dev e0 ingress protocol ip prio 1 chain 1 flower ct_state +trk+new action drop
}
traffic() { ask a tcp 10.186.1.2 80; }

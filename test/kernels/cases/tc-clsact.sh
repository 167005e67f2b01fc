# A flower filter at the receiver's ingress drops what comes from this address.
# nodes: a b
# fault: dropped traffic-control-drop
build() {
  pair a b 10.238.0
  tc_ b qdisc add dev e0 clsact
}
fault() { tc_ b filter add dev e0 ingress protocol ip flower src_ip 10.238.0.1 action drop; }
traffic() { ping_ a 10.238.0.2; }

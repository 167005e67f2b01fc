# A bond spreads flows over two links by their ports; the switch's tc drops what comes by one of them.
# nodes: a sw b
# fault: dropped traffic-control-drop
build() {
  ns a sw b
  ip_ a link add bond0 type bond mode balance-xor xmit_hash_policy layer3+4 miimon 100
  veth a m0 sw p0
  veth a m1 sw p1
  local m
  for m in m0 m1; do
    ip_ a link set $m down
    ip_ a link set $m master bond0
    ip_ a link set $m up
  done
  ip_ a link set bond0 up
  ip_ sw link add sb type bond mode balance-xor miimon 100
  for m in p0 p1; do
    ip_ sw link set $m down
    ip_ sw link set $m master sb
    ip_ sw link set $m up
  done
  ip_ sw link set sb up
  ip_ sw link add br0 type bridge
  ip_ sw link set sb master br0
  ip_ sw link set br0 up
  veth b e0 sw pb
  ip_ sw link set pb master br0
  address a bond0 10.131.0.1/24
  address b e0 10.131.0.2/24
  tc_ sw qdisc add dev p1 clsact
  listen b tcp 8080
}
fault() { tc_ sw filter add dev p1 ingress protocol ip flower ip_proto tcp dst_port 8080 action drop; }
traffic() { local i; for i in 1 2 3 4 5 6; do ask a tcp 10.131.0.2 8080; done; }

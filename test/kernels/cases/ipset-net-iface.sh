# A set says by which device each network may come in (hash:net,iface), and has the one of before the cables were changed.
# nodes: a r b
# fault: dropped netfilter-drop
. /work/routed.sh
build() {
  routed 10.57
  in_ r ipset create ways hash:net,iface
  in_ r ipset add ways 10.57.1.0/24,e0
  in_ r ipset add ways 10.57.2.0/24,e1
  in_ r iptables -A FORWARD -m set ! --match-set ways src,src -j DROP
}
fault() {
  in_ r ipset del ways 10.57.1.0/24,e0
  in_ r ipset add ways 10.57.1.0/24,e1
}
traffic() { ping_ a 10.57.2.1; }

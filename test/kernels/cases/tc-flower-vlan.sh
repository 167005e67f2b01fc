# A filter of tc at a router's trunk drops what is of one VLAN; another VLAN goes by.
# nodes: a r b
# fault: dropped traffic-control-drop
build() {
  ns a r b
  veth a e0 r e0
  veth r e1 b e0
  local id
  for id in 10 20; do
    ip_ a link add e0.$id link e0 type vlan id $id
    ip_ r link add e0.$id link e0 type vlan id $id
    ip_ a link set e0.$id up
    ip_ r link set e0.$id up
    address a e0.$id 10.113.$id.2/24
    address r e0.$id 10.113.$id.1/24
  done
  address r e1 10.113.1.1/24
  address b e0 10.113.1.2/24
  forwards r
  ip_ a route add 10.113.1.0/24 via 10.113.20.1
  ip_ b route add default via 10.113.1.1
  tc_ r qdisc add dev e0 clsact
}
fault() { tc_ r filter add dev e0 ingress protocol 802.1Q flower vlan_id 20 action drop; }
traffic() {
  ping_ a 10.113.10.1
  ping_ a 10.113.1.2
}

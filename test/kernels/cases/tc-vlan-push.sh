# tc gives what is sent the tag of a VLAN that the receiver has no device for.
# nodes: a b
# fault: dropped vlan-unknown
build() {
  pair a b 10.186.0
  ip_ a neigh add 10.186.0.2 lladdr "$(mac b e0)" dev e0
  tc_ a qdisc add dev e0 clsact
}
fault() { tc_ a filter add dev e0 egress protocol ip matchall action vlan push id 7; }
traffic() { ping_ a 10.186.0.2; }

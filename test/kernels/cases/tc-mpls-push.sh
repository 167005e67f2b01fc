# tc pushes a label of MPLS onto what is sent, and the receiver's device takes none.
# nodes: a b
# fault: unknown
build() {
  pair a b 10.140.20
  ip_ a neigh add 10.140.20.2 lladdr "$(mac b e0)" dev e0 nud permanent
  tc_ a qdisc add dev e0 clsact
}
fault() { tc_ a filter add dev e0 egress protocol ip flower dst_ip 10.140.20.2 action mpls push protocol mpls_uc label 77; }
traffic() { ping_ a 10.140.20.2; }

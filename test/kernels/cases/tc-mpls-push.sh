# A filter of tc gives packets a label of MPLS before they leave, and who is asked takes no labels.
# nodes: a b
# fault: dropped mpls-label-unknown
build() {
  modprobe -a mpls_router act_mpls
  pair a b 10.126.0
  ip_ a neigh add 10.126.0.2 lladdr "$(mac b e0)" dev e0
  ip_ b neigh add 10.126.0.1 lladdr "$(mac a e0)" dev e0
  tc_ a qdisc add dev e0 clsact
}
fault() { tc_ a filter add dev e0 egress protocol ip flower ip_proto icmp action mpls push label 77; }
traffic() { ping_ a 10.126.0.2; }

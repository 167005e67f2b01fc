# The two ends of a vxlan flood to different groups, so that nobody hears who asks for a link address.
# nodes: n1 n2
# fault: dropped neighbour-unresolved
build() {
  pair n1 n2 172.22.28
  local node own
  for node in n1 n2; do
    own=1; [ $node = n1 ] || own=2
    ip_ $node link add flood type vxlan id 88 group 239.8.8.8 dev e0 dstport 4789
    ip_ $node link set flood up
    address $node flood 10.191.22.$own/24
  done
}
fault() {
  ip_ n2 link del flood
  ip_ n2 link add flood type vxlan id 88 group 239.8.8.9 dev e0 dstport 4789
  ip_ n2 link set flood up
  address n2 flood 10.191.22.2/24
}
traffic() { ping_ n1 10.191.22.2; }

# A route leads what the vxlan sends to its other end into the vxlan itself.
# nodes: a b
# fault: dropped tunnel-endpoint-unreachable
build() {
  pair a b 172.20.61
  ip_ a link add v0 type vxlan id 61 local 172.20.61.1 remote 172.20.61.2 dstport 4789
  ip_ b link add v0 type vxlan id 61 local 172.20.61.2 remote 172.20.61.1 dstport 4789
  joined_by v0 10.190.1
  ip_ a neigh add 10.190.1.2 lladdr "$(mac b v0)" dev v0
}
fault() { ip_ a route add 172.20.61.2/32 dev v0; }
traffic() { ping_ a 10.190.1.2; }

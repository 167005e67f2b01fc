# A vxlan goes through wireguard, whose peer may not be sent what is for the vxlan's other end.
# nodes: a b
# fault: dropped wireguard-allowed-ips
. /work/wireguard.sh
build() {
  guarded 172.22.47 10.192.20
  local node own=1
  for node in a b; do
    ip_ $node link add vx type vxlan id 3 local 10.192.20.$own remote 10.192.20.$((3 - own)) dstport 4789
    ip_ $node link set vx address 02:00:00:00:47:0$own
    ip_ $node link set vx up
    address $node vx 10.192.21.$own/24
    own=2
  done
  ip_ a neigh add 10.192.21.2 lladdr 02:00:00:00:47:02 dev vx
  ip_ b neigh add 10.192.21.1 lladdr 02:00:00:00:47:01 dev vx
}
fault() { in_ a wg set wg0 peer "$(public b)" allowed-ips 10.192.99.0/24; }
traffic() { ping_ a 10.192.21.2; }

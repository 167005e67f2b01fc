# The tunnel's packets have a TTL of one, and a router is between its ends.
# nodes: a r b
# fault: dropped ttl-exceeded
build() {
  ns a r b
  veth a e0 r e0
  veth r e1 b e0
  address a e0 172.21.3.1/24
  address r e0 172.21.3.254/24
  address r e1 172.21.4.254/24
  address b e0 172.21.4.1/24
  forwards r
  ip_ a route add default via 172.21.3.254
  ip_ b route add default via 172.21.4.254
  vxlan a 172.21.4.1 64
  vxlan b 172.21.3.1 64
  joined_by vx0 10.250.3
  ip_ a neigh add 10.250.3.2 lladdr "$(mac b vx0)" dev vx0
}
vxlan() { ip_ "$1" link add vx0 type vxlan id 7 remote "$2" dstport 4789 ttl "$3"; }
fault() { ip_ a link set vx0 type vxlan ttl 1 || { local far; far=$(mac b vx0); ip_ a link del vx0; vxlan a 172.21.4.1 1; ip_ a link set vx0 up; address a vx0 10.250.3.1/24; ip_ a neigh add 10.250.3.2 lladdr "$far" dev vx0; }; }
traffic() { ping_ a 10.250.3.2; }

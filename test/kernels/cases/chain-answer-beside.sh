# Three routers in a row, gre between two and vxlan between the others; the last one answers beside the vxlan, and the middle one takes that for spoofed.
# nodes: client r1 r2 r3 server
# fault: dropped reverse-path-filter
build() {
  ns client r1 r2 r3 server
  veth client e0 r1 lan
  veth r1 wan r2 west
  veth r2 east r3 wan
  veth r3 lan server e0
  address client e0 10.92.1.2/24
  address r1 lan 10.92.1.1/24
  address r1 wan 172.31.21.1/24
  address r2 west 172.31.21.2/24
  address r2 east 172.31.22.1/24
  address r3 wan 172.31.22.2/24
  address r3 lan 10.92.4.1/24
  address server e0 10.92.4.2/24
  local r
  for r in r1 r2 r3; do forwards $r; done
  ip_ client route add default via 10.92.1.1
  ip_ server route add default via 10.92.4.1
  ip_ r1 link add g0 type gre local 172.31.21.1 remote 172.31.21.2 key 9
  ip_ r2 link add g0 type gre local 172.31.21.2 remote 172.31.21.1 key 9
  ip_ r2 link add v0 type vxlan id 29 local 172.31.22.1 remote 172.31.22.2 dstport 4789
  ip_ r3 link add v0 type vxlan id 29 local 172.31.22.2 remote 172.31.22.1 dstport 4789
  ip_ r1 link set g0 up
  ip_ r2 link set g0 up
  ip_ r2 link set v0 up
  ip_ r3 link set v0 up
  address r1 g0 10.92.2.1/24
  address r2 g0 10.92.2.2/24
  address r2 v0 10.92.3.1/24
  address r3 v0 10.92.3.2/24
  ip_ r1 route add 10.92.4.0/24 via 10.92.2.2
  ip_ r2 route add 10.92.4.0/24 via 10.92.3.2
  ip_ r2 route add 10.92.1.0/24 via 10.92.2.1
  ip_ r3 route add 10.92.1.0/24 via 10.92.3.1
  in_ r2 sysctl -qw net.ipv4.conf.east.rp_filter=1
}
fault() { ip_ r3 route replace 10.92.1.0/24 via 172.31.22.1; }
traffic() { ping_ client 10.92.4.2; }

# The bond wants two links, and one of its two has lost its carrier.
# nodes: srv tor
# fault: dropped link-down
build() {
  ns srv tor
  veth srv ens1 tor swp1
  veth srv ens2 tor swp2
  ip_ srv link add lag type bond mode 802.3ad miimon 100 lacp_rate fast
  ip_ tor link add lag type bond mode 802.3ad miimon 100 lacp_rate fast
  joins srv ens1
  joins srv ens2
  joins tor swp1
  joins tor swp2
  ip_ srv link set lag up
  ip_ tor link set lag up
  address srv lag 10.191.9.1/24
  address tor lag 10.191.9.2/24
  in_ srv sysctl -qw net.ipv4.conf.all.ignore_routes_with_linkdown=0
  ip_ srv neigh add 10.191.9.2 lladdr "$(mac tor lag)" dev lag nud permanent
  ip_ tor neigh add 10.191.9.1 lladdr "$(mac srv lag)" dev lag nud permanent
}
joins() {
  ip_ "$1" link set "$2" down
  ip_ "$1" link set "$2" master lag
  ip_ "$1" link set "$2" up
}
fault() {
  in_ srv ip link set lag down
  in_ srv sh -c 'ip link set lag type bond min_links 2'
  ip_ srv link set lag up
  ip_ tor link set swp2 down
  sleep 3
}
traffic() { ping_ srv 10.191.9.2; }

# Two VRFs of a router have the same addresses for two customers; the one has lost its route, the other not.
# nodes: pe acme-ce acme-srv beta-ce beta-srv
# fault: dropped no-route
build() {
  modprobe vrf
  ns pe acme-ce acme-srv beta-ce beta-srv
  customer acme 101
  customer beta 102
  forwards pe
}
# customer NAME TABLE: both have the same networks.
customer() {
  ip_ pe link add "$1" type vrf table "$2"
  ip_ pe link set "$1" up
  veth "$1-ce" e0 pe "$1-in"
  veth pe "$1-out" "$1-srv" e0
  ip_ pe link set "$1-in" master "$1"
  ip_ pe link set "$1-out" master "$1"
  address "$1-ce" e0 10.164.0.2/24
  address pe "$1-in" 10.164.0.1/24
  address pe "$1-out" 10.164.1.1/24
  address "$1-srv" e0 10.164.1.2/24
  address "$1-srv" lo 10.164.9.9/32
  ip_ "$1-ce" route add default via 10.164.0.1
  ip_ "$1-srv" route add default via 10.164.1.1
  ip_ pe route add 10.164.9.0/24 via 10.164.1.2 table "$2"
}
fault() { ip_ pe route del 10.164.9.0/24 table 102; }
traffic() {
  ping_ acme-ce 10.164.9.9
  ping_ beta-ce 10.164.9.9
}

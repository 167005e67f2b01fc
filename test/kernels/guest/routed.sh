# routed NETWORK: a, a router r, and b behind it: NETWORK.1.1, .1.254, .2.254 and .2.1.
routed() {
  ns a r b
  veth a e0 r e0
  veth r e1 b e0
  address a e0 "$1.1.1/24"
  address r e0 "$1.1.254/24"
  address r e1 "$1.2.254/24"
  address b e0 "$1.2.1/24"
  forwards r
  ip_ a route add default via "$1.1.254"
  ip_ b route add default via "$1.2.254"
}

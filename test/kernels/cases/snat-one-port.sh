# Source translation may give one port, which the first connection has, so no second one can be entered.
# nodes: a r b
# fault: dropped nat-ports-exhausted
build() {
  ns a r b
  veth a e0 r e0
  veth r e1 b e0
  address a e0 10.248.1.2/24
  address r e0 10.248.1.1/24
  address r e1 10.248.2.1/24
  address b e0 10.248.2.2/24
  ip_ a route add default via 10.248.1.1
  forwards r
  in_ r iptables-legacy -t nat -A POSTROUTING -o e1 -p udp -j SNAT --to-source 10.248.2.1:40000-40100
  listen b udp 53
}
fault() {
  in_ r iptables-legacy -t nat -R POSTROUTING 1 -o e1 -p udp -j SNAT --to-source 10.248.2.1:40000
}
traffic() {
  ask a udp 10.248.2.2 53
  ask a udp 10.248.2.2 53
}

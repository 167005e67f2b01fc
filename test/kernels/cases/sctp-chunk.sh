# nft of a router drops SCTP that begins an association to this port, and lets other protocols pass.
# nodes: a r b
# fault: dropped netfilter-drop
build() {
  modprobe sctp
  network
  listen b sctp 2905
}
network() {
  ns a r b
  veth a e0 r e0
  veth r e1 b e0
  address a e0 10.158.1.1/24
  address r e0 10.158.1.254/24
  address r e1 10.158.2.254/24
  address b e0 10.158.2.1/24
  forwards r
  ip_ a route add default via 10.158.1.254
  ip_ b route add default via 10.158.2.254
  in_ r nft add table inet f
  in_ r nft add chain inet f passing '{ type filter hook forward priority 0; policy accept; }'
}
fault() { in_ r nft add rule inet f passing sctp dport 2905 sctp chunk init exists counter drop; }
traffic() { ask a sctp 10.158.2.1 2905; }

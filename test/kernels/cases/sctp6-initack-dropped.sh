# Of IPv6: nft of a router drops what accepts an association of SCTP (INIT ACK), so that none comes about.
# nodes: a r b
# fault: dropped netfilter-drop
# besides: unanswered netfilter-drop
build() {
  modprobe sctp
  ns a r b
  veth a e0 r e0
  veth r e1 b e0
  six_ a e0 fd39:1::1
  six_ r e0 fd39:1::fe
  six_ r e1 fd39:2::fe
  six_ b e0 fd39:2::1
  in_ r sysctl -qw net.ipv6.conf.all.forwarding=1
  ip_ a route add default via fd39:1::fe
  ip_ b route add default via fd39:2::fe
  listen b sctp 2905 six
  in_ r nft add table inet f
  in_ r nft add chain inet f passing '{ type filter hook forward priority 0; policy accept; }'
}
# six_ NODE DEVICE ADDRESS
six_() {
  in_ "$1" sysctl -qw "net/ipv6/conf/$2/disable_ipv6=0" "net/ipv6/conf/$2/accept_dad=0" "net/ipv6/conf/$2/router_solicitations=0"
  ip_ "$1" addr add "$3/64" dev "$2" nodad
}
fault() { in_ r nft add rule inet f passing sctp sport 2905 sctp chunk init-ack exists counter drop; }
traffic() { ask a sctp fd39:2::1 2905; }

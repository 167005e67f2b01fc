# The gateway at the end of a tunnel of IPv4 in IPv6 rejects one port of the server behind it, with a reset.
# nodes: left gw1 gw2 right
# fault: refused netfilter-reject
. /work/gateways.sh
build() {
  gateways 10.72 172.30.3
  local i other=2
  for i in 1 2; do
    in_ gw$i sysctl -qw net.ipv6.conf.wan.disable_ipv6=0 net.ipv6.conf.wan.accept_dad=0 net.ipv6.conf.wan.router_solicitations=0
    ip_ gw$i addr add fd00:72::$i/64 dev wan nodad
    ip_ gw$i link add t6 type ip6tnl mode ipip6 local fd00:72::$i remote fd00:72::$other
    ip_ gw$i link set t6 up
    ip_ gw$i route add 10.72.$other.0/24 dev t6
    other=1
  done
  in_ gw2 nft add table inet f
  in_ gw2 nft add chain inet f passing '{ type filter hook forward priority 0; }'
  listen right tcp 6379
}
fault() { in_ gw2 nft add rule inet f passing iifname t6 tcp dport 6379 counter reject with tcp reset; }
traffic() { ping_ left 10.72.2.2; ask left tcp 10.72.2.2 6379; }

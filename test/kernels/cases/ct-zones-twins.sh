# Two customers have the same address behind a router with a zone of connection tracking for each; a rule drops the answers to the second one.
# nodes: c1 c2 r b
# fault: dropped netfilter-drop
build() {
  ns c1 c2 r b
  local i
  for i in 1 2; do
    veth c$i e0 r c$i
    address c$i e0 10.81.0.2/24
    ip_ r addr add 10.81.0.1/24 dev c$i noprefixroute
    ip_ c$i route add default via 10.81.0.1
    ip_ r route add 10.81.0.0/24 dev c$i table 20$i
    ip_ r rule add fwmark $i table 20$i pref 20$i
  done
  veth r wan0 b e0
  address r wan0 10.81.9.1/24
  ip_ r addr add 10.81.9.2/24 dev wan0
  address b e0 10.81.9.9/24
  forwards r
  in_ r nft -f - <<'N'
table ip zones {
  chain raw { type filter hook prerouting priority raw; iifname "c1" ct zone set 1; iifname "c2" ct zone set 2; ip daddr 10.81.9.1 ct zone set 1; ip daddr 10.81.9.2 ct zone set 2; }
  chain mark { type filter hook prerouting priority mangle; ct zone 1 meta mark set 1; ct zone 2 meta mark set 2; }
  chain post { type nat hook postrouting priority srcnat; oifname "wan0" meta mark 1 snat to 10.81.9.1; oifname "wan0" meta mark 2 snat to 10.81.9.2; }
}
N
  listen b udp 53
}
fault() { in_ r nft insert rule ip zones mark ip daddr 10.81.9.2 counter drop; }
traffic() { ask c1 udp 10.81.9.9 53; ask c2 udp 10.81.9.9 53; }

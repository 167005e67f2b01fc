# A router with two faults: nft drops one port of TCP, and netem loses what goes out to another host.
# nodes: a r b c
# fault: dropped netfilter-drop
# besides: dropped traffic-control-drop, unanswered traffic-control-drop
. /work/routed.sh
build() {
  routed 10.230
  ns c
  veth r e2 c e0
  address r e2 10.230.3.254/24
  address c e0 10.230.3.1/24
  ip_ c route add default via 10.230.3.254
  in_ r nft add table inet f
  in_ r nft add chain inet f passing '{ type filter hook forward priority 0; }'
  tc_ r qdisc add dev e2 root netem delay 1ms
  listen b tcp 8080
  listen b tcp 8081
}
fault() {
  in_ r nft add rule inet f passing tcp dport 8080 counter drop
  tc_ r qdisc change dev e2 root netem loss 100%
}
traffic() { ask a tcp 10.230.2.1 8080; ask a tcp 10.230.2.1 8081; ping_ a 10.230.3.1; }

# A bond that balances both ways (balance-alb) answers with either link's address; nft of the host behind drops one port.
# nodes: a sw b
# fault: dropped netfilter-drop
build() {
  ns a sw b
  ip_ sw link add br0 type bridge
  ip_ sw link set br0 up
  ip_ a link add bond0 type bond mode balance-alb miimon 100
  veth a m0 sw p0
  veth a m1 sw p1
  veth b e0 sw pb
  local m
  for m in m0 m1; do
    ip_ a link set $m down
    ip_ a link set $m master bond0
    ip_ a link set $m up
  done
  for m in p0 p1 pb; do ip_ sw link set $m master br0; done
  ip_ a link set bond0 up
  address a bond0 10.136.0.1/24
  address b e0 10.136.0.2/24
  in_ b nft add table inet fw
  in_ b nft add chain inet fw in '{ type filter hook input priority 0; }'
  listen b tcp 8080
}
fault() { in_ b nft add rule inet fw in tcp dport 8080 counter drop; }
traffic() {
  ping_ a 10.136.0.2
  ask a tcp 10.136.0.2 8080
}

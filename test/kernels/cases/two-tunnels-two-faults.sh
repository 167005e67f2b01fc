# Two tunnels of one host: the far end of the one has another key, and nft of the other's drops what comes out.
# nodes: a b c
# fault: dropped tunnel-id-mismatch
# besides: dropped netfilter-drop, unanswered netfilter-drop
build() {
  ns a b c
  veth a e0 b e0
  veth a e1 c e0
  address a e0 172.28.1.1/24
  address b e0 172.28.1.2/24
  address a e1 172.28.2.1/24
  address c e0 172.28.2.2/24
  ip_ a link add gb type gre local 172.28.1.1 remote 172.28.1.2 key 1
  ip_ b link add gb type gre local 172.28.1.2 remote 172.28.1.1 key 1
  ip_ a link add gc type geneve id 2 remote 172.28.2.2
  ip_ c link add gc type geneve id 2 remote 172.28.2.1
  ip_ a link set gb up
  ip_ b link set gb up
  ip_ a link set gc up
  ip_ c link set gc up
  address a gb 10.119.1.1/24
  address b gb 10.119.1.2/24
  address a gc 10.119.2.1/24
  address c gc 10.119.2.2/24
  in_ c nft add table inet fw
  in_ c nft add chain inet fw in '{ type filter hook input priority 0; }'
}
fault() {
  ip_ b link del gb
  ip_ b link add gb type gre local 172.28.1.2 remote 172.28.1.1 key 5
  ip_ b link set gb up
  address b gb 10.119.1.2/24
  in_ c nft add rule inet fw in iifname gc icmp type echo-request counter drop
}
traffic() {
  ping_ a 10.119.1.2
  ping_ a 10.119.2.2
}

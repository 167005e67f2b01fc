# geneve in vxlan in IPIP; a rule of nft drops what comes out of all three.
# nodes: a b
# fault: dropped netfilter-drop
build() {
  pair a b 172.26.0
  deep
  in_ b nft add table ip t
  in_ b nft add chain ip t c '{ type filter hook input priority 0; }'
}
fault() { in_ b nft add rule ip t c iif gn0 icmp type echo-request counter drop; }
traffic() { ping_ a 10.238.2.2; }
deep() {
  local node own other
  for node in a b; do
    own=1 other=2
    [ $node = a ] || { own=2 other=1; }
    ip_ $node link add ti0 type ipip local 172.26.0.$own remote 172.26.0.$other
    ip_ $node link set ti0 up
    address $node ti0 10.238.0.$own/24
    ip_ $node link add vx0 type vxlan id 31 remote 10.238.0.$other dstport 4789
    ip_ $node link set vx0 up
    address $node vx0 10.238.1.$own/24
    ip_ $node link add gn0 type geneve id 32 remote 10.238.1.$other
    ip_ $node link set gn0 up
    address $node gn0 10.238.2.$own/24
  done
}

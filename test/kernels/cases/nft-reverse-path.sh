# A rule of nft asks the routing tables for the way back, and drops what came by another device.
# nodes: a b
# fault: dropped netfilter-drop
build() {
  pair a b 10.187.1
  address a lo 10.187.2.1/32
  ip_ b link add d0 type dummy
  ip_ b link set d0 up
  ip_ b route add 10.187.2.1/32 via 10.187.1.1
  in_ b nft add table inet t
  in_ b nft add chain inet t pre '{ type filter hook prerouting priority -300; }'
  in_ b nft add rule inet t pre fib saddr . iif oif missing counter drop
}
fault() { ip_ b route replace 10.187.2.1/32 dev d0; }
traffic() { ping_ a -I 10.187.2.1 10.187.1.2; }

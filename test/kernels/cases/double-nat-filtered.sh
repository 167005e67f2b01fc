# Behind two routers that masquerade (a home's and a provider's) a host asks; the second one's nft drops the answers.
# nodes: client cpe cgn server
# fault: dropped netfilter-drop
build() {
  ns client cpe cgn server
  veth client e0 cpe lan
  veth cpe wan cgn lan
  veth cgn wan server e0
  address client e0 10.128.1.2/24
  address cpe lan 10.128.1.1/24
  address cpe wan 10.128.2.2/24
  address cgn lan 10.128.2.1/24
  address cgn wan 10.128.3.1/24
  address server e0 10.128.3.2/24
  ip_ client route add default via 10.128.1.1
  ip_ cpe route add default via 10.128.2.1
  local node
  for node in cpe cgn; do
    forwards $node
    in_ $node nft add table ip nat
    in_ $node nft add chain ip nat post '{ type nat hook postrouting priority 100; }'
    in_ $node nft add rule ip nat post oifname wan masquerade
  done
  in_ cgn nft add chain ip nat through '{ type filter hook forward priority 0; }'
  listen server tcp 8080
}
fault() { in_ cgn nft add rule ip nat through iifname wan tcp sport 8080 counter drop; }
traffic() { ask client tcp 10.128.3.2 8080; }

# A port is led on by two routers in a row (DNAT twice), and the second one leads it to a port where nobody listens.
# nodes: client r1 r2 server
# fault: refused no-listener
build() {
  ns client r1 r2 server
  veth client e0 r1 out
  veth r1 in r2 out
  veth r2 in server e0
  address client e0 10.129.1.2/24
  address r1 out 10.129.1.1/24
  address r1 in 10.129.2.1/24
  address r2 out 10.129.2.2/24
  address r2 in 10.129.3.1/24
  address server e0 10.129.3.2/24
  ip_ r2 route add default via 10.129.2.1
  ip_ server route add default via 10.129.3.1
  local node
  for node in r1 r2; do
    forwards $node
    in_ $node nft add table ip nat
    in_ $node nft add chain ip nat pre '{ type nat hook prerouting priority -100; }'
  done
  in_ r1 nft add rule ip nat pre iifname out tcp dport 80 dnat to 10.129.2.2:8080
  in_ r2 nft add rule ip nat pre iifname out tcp dport 8080 dnat to 10.129.3.2:9090
  listen server tcp 9090
}
fault() {
  in_ r2 nft flush chain ip nat pre
  in_ r2 nft add rule ip nat pre iifname out tcp dport 8080 dnat to 10.129.3.2:9999
}
traffic() { ask client tcp 10.129.1.1 80; }

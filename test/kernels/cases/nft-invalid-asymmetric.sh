# Answers go around a firewall that drops what is invalid, so that it never saw the second part of the handshake.
# nodes: client fw way server
# fault: dropped conntrack-invalid
build() {
  ns client fw way server
  veth client e0 fw e0
  veth fw e1 server e0
  veth client e1 way e0
  veth way e1 server e1
  address client e0 10.107.1.2/24
  address fw e0 10.107.1.1/24
  address fw e1 10.107.2.1/24
  address server e0 10.107.2.2/24
  address client e1 10.107.3.2/24
  address way e0 10.107.3.1/24
  address way e1 10.107.4.1/24
  address server e1 10.107.4.2/24
  forwards fw
  forwards way
  ip_ client route add 10.107.2.0/24 via 10.107.1.1
  ip_ server route add 10.107.1.0/24 via 10.107.2.1
  ip_ way route add 10.107.1.0/24 via 10.107.3.2
  in_ fw nft add table inet fw
  in_ fw nft add chain inet fw through '{ type filter hook forward priority 0; }'
  in_ fw nft add rule inet fw through ct state invalid counter drop
  listen server tcp 8080
}
fault() { ip_ server route replace 10.107.1.0/24 via 10.107.4.1; }
traffic() { ask client tcp 10.107.2.2 8080; }

# A map of nft says by port to which server a connection goes; what it names is the address of nobody.
# nodes: a lb s1
# fault: dropped service-without-endpoint
build() {
  ns a lb s1
  veth a e0 lb front
  veth lb back s1 e0
  address a e0 10.159.0.2/24
  address lb front 10.159.0.1/24
  address lb back 10.159.1.1/24
  address s1 e0 10.159.1.2/24
  forwards lb
  ip_ s1 route add default via 10.159.1.1
  in_ lb nft -f - <<'N'
table ip balance {
  map servers { type inet_service : ipv4_addr; elements = { 80 : 10.159.1.2 } }
  chain pre { type nat hook prerouting priority dstnat; ip daddr 10.159.0.1 dnat to tcp dport map @servers; }
}
N
  listen s1 tcp 80
}
fault() {
  in_ lb nft delete element ip balance servers '{ 80 }'
  in_ lb nft add element ip balance servers '{ 80 : 10.159.1.9 }'
}
traffic() { ask a tcp 10.159.0.1 80; }

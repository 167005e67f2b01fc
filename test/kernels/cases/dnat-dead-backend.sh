# A router translates a service's address to a server that is gone.
# nodes: a r b
# fault: dropped service-without-endpoint
. /work/routed.sh
build() {
  routed 10.141
  in_ r nft add table ip nat
  in_ r nft add chain ip nat pre '{ type nat hook prerouting priority -100; }'
  in_ r nft add rule ip nat pre ip daddr 10.141.9.9 tcp dport 80 dnat to 10.141.2.1:8080
  listen b tcp 8080
}
fault() {
  ip_ b addr del 10.141.2.1/24 dev e0
  address b e0 10.141.2.5/24
}
traffic() { ask a tcp 10.141.9.9 80; }

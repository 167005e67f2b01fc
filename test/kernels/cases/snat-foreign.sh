# A router translates to an address of the server's network that nobody has, so that answers find no host.
# nodes: a r b
# fault: dropped neighbour-unresolved
. /work/routed.sh
build() {
  routed 10.140
  address r e1 10.140.2.200/24
  in_ r nft add table ip nat
  in_ r nft add chain ip nat post '{ type nat hook postrouting priority 100; }'
  in_ r nft add rule ip nat post oifname e1 snat to 10.140.2.200
  listen b tcp 8080
}
fault() { ip_ r addr del 10.140.2.200/24 dev e1; }
traffic() { ask a tcp 10.140.2.1 8080; }

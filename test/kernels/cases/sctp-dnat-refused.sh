# A router translates a service's address of SCTP to a host where nothing listens (any more).
# nodes: a r b
# fault: refused no-listener
. /work/routed.sh
build() {
  modprobe -a sctp
  routed 10.218
  ip_ r addr add 10.218.9.9/32 dev lo
  in_ r nft add table ip nat
  in_ r nft add chain ip nat pre '{ type nat hook prerouting priority dstnat; }'
  in_ r nft add rule ip nat pre ip daddr 10.218.9.9 sctp dport 36412 dnat to 10.218.2.1
  listen b sctp 36412
}
fault() { silence b; }
traffic() { ask a sctp 10.218.9.9 36412; }

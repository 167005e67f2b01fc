# nft of a router rejects SCTP to one port with an ICMP error; the server listens.
# nodes: a r b
# fault: refused netfilter-reject
# besides: dropped netfilter-reject
. /work/routed.sh
build() {
  modprobe sctp
  routed 10.11
  listen b sctp 3868
  in_ r nft add table inet f
  in_ r nft add chain inet f through '{ type filter hook forward priority 0; policy accept; }'
}
fault() { in_ r nft add rule inet f through sctp dport 3868 counter reject with icmp type admin-prohibited; }
traffic() { ask a sctp 10.11.2.1 3868; }

# A host asks a name server through GRE; a router between the tunnel's ends drops the GRE that comes back.
# nodes: a r b
# fault: dropped tunnel-blocked
. /work/routed.sh
build() {
  routed 172.30
  ip_ a link add gre1 type gre local 172.30.1.1 remote 172.30.2.1 key 9
  ip_ b link add gre1 type gre local 172.30.2.1 remote 172.30.1.1 key 9
  joined_by gre1 10.71.1
  in_ r nft add table inet f
  in_ r nft add chain inet f passing '{ type filter hook forward priority 0; }'
  listen b udp 53
}
fault() { in_ r nft add rule inet f passing ip saddr 172.30.2.1 ip protocol gre counter drop; }
traffic() { ask a udp 10.71.1.2 53; }

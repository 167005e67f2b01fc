# The director of IPVS drops what the real server answers, in its forward chain; the questions reach it.
# nodes: client director server
# fault: dropped netfilter-drop
. /work/ipvs.sh
build() {
  masqueraded 252
  in_ director nft add table inet guard
  in_ director nft add chain inet guard passing '{ type filter hook forward priority 0; }'
  listen server tcp 80
}
fault() { in_ director nft add rule inet guard passing ip saddr 10.252.1.2 tcp sport 80 counter drop; }
traffic() { ask client tcp 10.252.4.1 80; }

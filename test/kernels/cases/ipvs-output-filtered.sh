# The director of IPVS translates, and its nft drops at its output what goes to the real server.
# nodes: client director server
# fault: dropped netfilter-drop
. /work/ipvs.sh
build() {
  masqueraded 142
  listen server tcp 80
  in_ director nft add table ip f
  in_ director nft add chain ip f out '{ type filter hook output priority 0; }'
  in_ director nft add rule ip f out ip daddr 10.142.1.2 tcp dport 81 counter drop
}
fault() { in_ director nft add rule ip f out ip daddr 10.142.1.2 tcp dport 80 counter drop; }
traffic() { ask client tcp 10.142.4.1 80; }

# A director of IPVS with two services: the server of the one listens no more, and nft of the director drops what the other's answers.
# nodes: client director server
# fault: refused no-listener
# besides: dropped no-listener, unanswered netfilter-drop, dropped netfilter-drop
. /work/ipvs.sh
build() {
  masqueraded 5
  in_ director ipvsadm -A -t 10.5.4.1:443 -s rr
  in_ director ipvsadm -a -t 10.5.4.1:443 -r 10.5.1.2:8443 -m
  listen server tcp 80
  listen server tcp 8443
}
fault() {
  silence server
  listen server tcp 8443
  in_ director nft add table ip f
  in_ director nft add chain ip f through '{ type filter hook forward priority 0; }'
  in_ director nft add rule ip f through iifname e1 tcp sport 8443 counter drop
}
traffic() { ask client tcp 10.5.4.1 80; ask client tcp 10.5.4.1 443; }

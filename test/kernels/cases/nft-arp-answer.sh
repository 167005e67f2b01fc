# nft of ARP's own family lets the host that is asked for its link address answer nobody.
# nodes: a b
# fault: dropped neighbour-unresolved
build() {
  pair a b 10.89.1
  in_ b nft add table arp quiet
  in_ b nft add chain arp quiet out '{ type filter hook output priority 0; }'
}
fault() { in_ b nft add rule arp quiet out counter drop; }
traffic() { ping_ a -c 3 -i 1 -W 3 10.89.1.2; sleep 2; }

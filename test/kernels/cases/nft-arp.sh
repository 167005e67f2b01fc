# nft of ARP's own family takes no question about the address, so that nobody learns who has it.
# nodes: a b
# fault: dropped neighbour-unresolved
build() { pair a b 10.191.20; }
fault() {
  in_ b nft -f - <<'N'
table arp quiet {
  chain in {
    type filter hook input priority 0; policy accept;
    arp operation request arp saddr ip 10.191.20.1 counter drop
  }
}
N
}
traffic() { ping_ a 10.191.20.2; }

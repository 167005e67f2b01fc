# A map of verdicts says for each sender what becomes of its packets: this one's are dropped.
# nodes: a b
# fault: dropped netfilter-drop
build() {
  pair a b 10.187.0
  in_ b nft add table ip t
  in_ b nft add map ip t m '{ type ipv4_addr : verdict; }'
  in_ b nft add chain ip t in '{ type filter hook input priority 0; }'
  in_ b nft add rule ip t in ip saddr vmap @m
}
fault() { in_ b nft add element ip t m '{ 10.187.0.1 : drop }'; }
traffic() { ping_ a 10.187.0.2; }

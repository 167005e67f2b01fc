# A rule of the asker's own host drops what accepts a connection (SYN and ACK), so that it never comes about.
# nodes: a b
# fault: dropped netfilter-drop
build() {
  pair a b 10.56.1
  in_ a nft add table ip guard
  in_ a nft add chain ip guard in '{ type filter hook prerouting priority mangle; }'
  listen b tcp 8080
}
fault() { in_ a nft add rule ip guard in 'tcp flags & (syn | ack) == (syn | ack)' counter drop; }
traffic() { ping_ a 10.56.1.2; ask a tcp 10.56.1.2 8080; }

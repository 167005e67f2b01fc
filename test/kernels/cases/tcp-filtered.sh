# A rule of iptables drops what the client's TCP asks of a server that listens.
# nodes: a b
# fault: dropped netfilter-drop
build() { pair a b 10.251.3; listen b tcp 80; }
fault() { in_ b iptables -A INPUT -p tcp --dport 80 -j DROP; }
traffic() { ask a tcp 10.251.3.2 80; }

# The server's nft redirects a port to its proxy, which does not listen (any more).
# nodes: a b
# fault: refused no-listener
build() {
  pair a b 10.237.1
  in_ b nft -f - <<'N'
table ip nat { chain pre { type nat hook prerouting priority dstnat; tcp dport 80 redirect to :15001; }; }
N
  listen b tcp 15001
}
fault() { silence b; }
traffic() { ask a tcp 10.237.1.2 80; }

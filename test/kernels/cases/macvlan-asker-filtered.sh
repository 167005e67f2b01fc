# Two containers by macvlan; the asker's own nft takes no answers (established is missing), the questions arrive.
# nodes: host=host,one,two
# fault: dropped netfilter-drop
build() {
  ns host one two
  ip_ host link add parent0 type dummy
  ip_ host link set parent0 up
  local node
  for node in one two; do
    ip_ host link add mv$node link parent0 type macvlan mode bridge
    ip_ host link set mv$node netns "$RUN.$node"
    ip_ $node link set mv$node name eth0
    ip_ $node link set eth0 up
  done
  address one eth0 10.236.1.1/24
  address two eth0 10.236.1.2/24
  listen two tcp 80
  in_ one nft -f - <<'N'
table inet guard { chain in { type filter hook input priority 0; policy drop; iif lo accept; ip protocol icmp accept; tcp dport 22 accept; ct state established accept comment "answers"; }; }
N
}
fault() {
  in_ one nft -f - <<'N'
flush chain inet guard in
add rule inet guard in ip protocol icmp accept
add rule inet guard in tcp dport 22 accept
N
}
traffic() { ping_ one 10.236.1.2; ask one tcp 10.236.1.2 80; }

# A router's connection table is flushed while a connection that it translates is used, and it takes up nothing without a SYN.
# nodes: laptop nat web
# fault: dropped conntrack-invalid
# besides: dropped netfilter-drop
build() {
  ns laptop nat web
  veth laptop e0 nat lan
  veth nat wan web e0
  address laptop e0 10.91.13.2/24
  address nat lan 10.91.13.1/24
  address nat wan 198.51.100.1/24
  address web e0 198.51.100.2/24
  forwards nat
  ip_ laptop route add default via 10.91.13.1
  in_ nat nft add table ip n
  in_ nat nft add chain ip n post '{ type nat hook postrouting priority 100; }'
  in_ nat nft add rule ip n post oif wan masquerade
  in_ nat nft add chain ip n passing '{ type filter hook forward priority 0; }'
  in_ nat nft add rule ip n passing ct state invalid counter drop
  in_ nat sysctl -qw net.netfilter.nf_conntrack_tcp_loose=0
  listen web tcp 8080
}
fault() { touch "/run/flush-$RUN"; }
traffic() {
  ask laptop tcp 198.51.100.2 8080 2 &
  sleep 1
  [ ! -e "/run/flush-$RUN" ] || in_ nat conntrack -F
  wait $! || true
}

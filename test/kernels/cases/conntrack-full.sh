# The table of connections has room for one, and each ping begins another.
# nodes: a b
# fault: dropped conntrack-table-full
build() {
  pair a b 10.247.0
  in_ b nft add table inet watch
  in_ b nft add chain inet watch in '{ type filter hook input priority 0; }'
  in_ b nft add rule inet watch in ct state new counter accept
}
fault() { touch "/run/$RUN.small"; }
traffic() {
  local room
  room=$(sysctl -n net.netfilter.nf_conntrack_max)
  in_ a ping -n -c 1 -W 1 10.247.0.2 || true
  # It is the machine's, and all namespaces have it.
  [ ! -e "/run/$RUN.small" ] || sysctl -qw net.netfilter.nf_conntrack_max=1
  ping_ a 10.247.0.2
  sysctl -qw "net.netfilter.nf_conntrack_max=$room"
}

# A router answers for a server's connections first (synproxy), and drops what it did not begin so, as the server's answers to it.
# nodes: a r b
# fault: dropped netfilter-drop
. /work/routed.sh
build() {
  modprobe -a nft_synproxy nf_synproxy_core
  routed 10.74
  in_ r sysctl -qw net.netfilter.nf_conntrack_tcp_loose=0
  in_ r nft -f - <<'N'
table ip shield {
  chain pre { type filter hook prerouting priority raw; ip daddr 10.74.2.1 tcp dport 443 tcp flags syn notrack; }
  chain passing { type filter hook forward priority filter; tcp dport 443 ct state invalid,untracked synproxy mss 1460 wscale 7 timestamp sack-perm; }
  chain server { type filter hook forward priority 10; }
}
N
  listen b tcp 443
}
fault() { in_ r nft add rule ip shield server ip daddr 10.74.2.1 tcp dport 443 counter drop; }
traffic() { ask a tcp 10.74.2.1 443; }

# A server of SCTP has two addresses; a rule of nft drops what comes to the second one.
# nodes: a b
# fault: dropped netfilter-drop
build() {
  modprobe sctp
  # Its second path is tried at once, and not after half a minute.
  pair a b 10.235.0
  veth a e1 b e1
  address a e1 10.236.0.1/24
  address b e1 10.236.0.2/24
  in_ b nft add table ip t
  in_ b nft add chain ip t c '{ type filter hook input priority 0; }'
  in_ a sysctl -qw net.sctp.rto_min=100 net.sctp.rto_initial=200 net.sctp.hb_interval=100
  listen b sctp 7000
}
fault() { in_ b nft add rule ip t c iif e1 meta l4proto sctp counter drop; }
traffic() { ask a sctp 10.235.0.2 7000 3; }

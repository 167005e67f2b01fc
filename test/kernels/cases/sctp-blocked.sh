# A rule of nft drops all of SCTP.
# nodes: a b
# fault: dropped netfilter-drop
build() {
  modprobe sctp
  pair a b 10.237.0
  in_ b nft add table ip t
  in_ b nft add chain ip t c '{ type filter hook input priority 0; }'
  listen b sctp 7000
}
fault() { in_ b nft add rule ip t c meta l4proto sctp counter drop; }
traffic() { ask a sctp 10.237.0.2 7000; }

# A rule of nft at the receiver drops the UDP packets that wireguard sends.
# nodes: a b
# fault: dropped netfilter-drop
# besides: unknown wireguard-no-handshake
. /work/wireguard.sh
build() {
  guarded 172.21.8 10.250.8
  in_ b nft add table ip t
  in_ b nft add chain ip t c '{ type filter hook input priority 0; }'
}
fault() { in_ b nft add rule ip t c udp dport 51 counter drop; }
traffic() { ping_ a 10.250.8.2; }

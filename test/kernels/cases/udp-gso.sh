# A program hands the kernel several datagrams at once (UDP_SEGMENT), as QUIC does; a router's nft drops them by their size.
# nodes: a r b
# fault: dropped netfilter-drop
. /work/routed.sh
build() {
  routed 10.77
  in_ r nft add table inet f
  in_ r nft add chain inet f passing '{ type filter hook forward priority 0; }'
  listen b udp 443
}
fault() { in_ r nft add rule inet f passing udp dport 443 meta length '>' 500 counter drop; }
traffic() {
  ask a udp 10.77.2.1 443
  in_ a python3 -c '
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(17, 103, 600)
s.settimeout(2)
s.connect(("10.77.2.1", 443))
s.send(b"x" * 2500)
try:
    for _ in range(5): print(s.recv(100))
except OSError as error: print(error)' || true
}

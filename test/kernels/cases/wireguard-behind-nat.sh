# A wireguard peer is behind a router that translates it, and the router's nft stops what comes back from the hub's port.
# nodes: roamer cpe hub
# fault: dropped netfilter-drop
# besides: unknown netfilter-drop, unknown wireguard-no-handshake, unanswered wireguard-no-handshake
. /work/wireguard.sh
build() {
  modprobe wireguard
  ns roamer cpe hub
  veth roamer e0 cpe lan
  veth cpe wan hub e0
  address roamer e0 10.91.14.2/24
  address cpe lan 10.91.14.1/24
  address cpe wan 203.0.113.1/24
  address hub e0 203.0.113.2/24
  forwards cpe
  ip_ roamer route add default via 10.91.14.1
  in_ cpe nft add table ip n
  in_ cpe nft add chain ip n post '{ type nat hook postrouting priority 100; }'
  in_ cpe nft add rule ip n post oif wan masquerade
  in_ cpe nft add chain ip n passing '{ type filter hook forward priority 0; }'
  local node
  for node in roamer hub; do
    wg genkey >"/run/$RUN.$node.key"
    wg pubkey <"/run/$RUN.$node.key" >"/run/$RUN.$node.pub"
    ip_ $node link add wg0 type wireguard
    in_ $node wg set wg0 private-key "/run/$RUN.$node.key"
    ip_ $node link set wg0 up
  done
  in_ hub wg set wg0 listen-port 51820 peer "$(public roamer)" allowed-ips 10.91.15.1/32
  in_ roamer wg set wg0 peer "$(public hub)" endpoint 203.0.113.2:51820 allowed-ips 10.91.15.0/24
  address roamer wg0 10.91.15.1/24
  address hub wg0 10.91.15.2/24
}
fault() { in_ cpe nft add rule ip n passing iif wan udp sport 51820 counter drop; }
traffic() { ping_ roamer -W 3 10.91.15.2; }

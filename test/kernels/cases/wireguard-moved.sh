# wireguard was made on the host and moved into the container: its packets go by the host, whose nft drops them.
# nodes: host=host,box b
# fault: dropped netfilter-drop
# besides: unknown netfilter-drop, unknown wireguard-no-handshake, unanswered wireguard-no-handshake
. /work/wireguard.sh
build() {
  local node
  ns host box b
  veth host e0 b e0
  address host e0 172.25.13.1/24
  address b e0 172.25.13.2/24
  for node in host b; do
    wg genkey >"/run/$RUN.$node.key"
    wg pubkey <"/run/$RUN.$node.key" >"/run/$RUN.$node.pub"
    ip_ $node link add wg0 type wireguard
    in_ $node wg set wg0 private-key "/run/$RUN.$node.key" listen-port 51820
  done
  in_ host wg set wg0 peer "$(public b)" endpoint 172.25.13.2:51820 allowed-ips 10.140.13.2/32
  in_ b wg set wg0 peer "$(public host)" endpoint 172.25.13.1:51820 allowed-ips 10.140.13.1/32
  ip_ host link set wg0 netns "$RUN.box"
  for node in box b; do ip_ $node link set wg0 up; done
  address box wg0 10.140.13.1/24
  address b wg0 10.140.13.2/24
  in_ host nft add table ip f
  in_ host nft add chain ip f out '{ type filter hook output priority 0; }'
}
fault() { in_ host nft add rule ip f out udp dport 51820 counter drop; }
traffic() { ping_ box 10.140.13.2; }

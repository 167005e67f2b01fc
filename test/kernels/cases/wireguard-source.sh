# The receiving wireguard has the sender's address in no allowed-ips of the peer.
# nodes: a b
# fault: dropped wireguard-allowed-ips
build() {
  pair a b 172.20.0
  local node
  for node in a b; do
    ip_ $node link add wg0 type wireguard
    wg genkey >"/run/$RUN.$node.key"
    wg pubkey <"/run/$RUN.$node.key" >"/run/$RUN.$node.pub"
  done
  in_ a wg set wg0 private-key "/run/$RUN.a.key" listen-port 51 peer "$(cat "/run/$RUN.b.pub")" \
    endpoint 172.20.0.2:51 allowed-ips 0.0.0.0/0
  in_ b wg set wg0 private-key "/run/$RUN.b.key" listen-port 51 peer "$(cat "/run/$RUN.a.pub")" \
    endpoint 172.20.0.1:51 allowed-ips 10.203.0.1/32
  for node in a b; do ip_ $node link set wg0 up; done
  address a wg0 10.203.0.1/24
  address b wg0 10.203.0.2/24
}
fault() { in_ b wg set wg0 peer "$(cat "/run/$RUN.a.pub")" allowed-ips 10.203.0.99/32; }
traffic() { ping_ a 10.203.0.2; }

# The receiver knows the sender's wireguard by another key, so that no handshake comes about.
# nodes: a b
# fault: unknown wireguard-no-handshake
build() {
  pair a b 172.20.4
  local node
  for node in a b other; do
    wg genkey >"/run/$RUN.$node.key"
    wg pubkey <"/run/$RUN.$node.key" >"/run/$RUN.$node.pub"
  done
  for node in a b; do ip_ $node link add wg0 type wireguard; done
  in_ a wg set wg0 private-key "/run/$RUN.a.key" listen-port 51 peer "$(cat "/run/$RUN.b.pub")" \
    endpoint 172.20.4.2:51 allowed-ips 10.240.0.2/32
  in_ b wg set wg0 private-key "/run/$RUN.b.key" listen-port 51 peer "$(cat "/run/$RUN.a.pub")" \
    allowed-ips 10.240.0.1/32
  for node in a b; do ip_ $node link set wg0 up; done
  address a wg0 10.240.0.1/24
  address b wg0 10.240.0.2/24
}
fault() {
  in_ b wg set wg0 peer "$(cat "/run/$RUN.a.pub")" remove
  in_ b wg set wg0 peer "$(cat "/run/$RUN.other.pub")" allowed-ips 10.240.0.1/32
}
traffic() { ping_ a 10.240.0.2; }

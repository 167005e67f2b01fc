# No peer of the sender's wireguard has the destination in its allowed-ips.
# nodes: a b
# fault: dropped wireguard-allowed-ips
build() {
  pair a b 172.20.2
  local node
  for node in a b; do
    ip_ $node link add wg0 type wireguard
    wg genkey >"/run/$RUN.$node.key"
    wg pubkey <"/run/$RUN.$node.key" >"/run/$RUN.$node.pub"
  done
  in_ a wg set wg0 private-key "/run/$RUN.a.key" listen-port 51 peer "$(cat "/run/$RUN.b.pub")" \
    endpoint 172.20.2.2:51 allowed-ips 10.211.0.2/32
  in_ b wg set wg0 private-key "/run/$RUN.b.key" listen-port 51 peer "$(cat "/run/$RUN.a.pub")" \
    endpoint 172.20.2.1:51 allowed-ips 10.211.0.1/32
  for node in a b; do ip_ $node link set wg0 up; done
  address a wg0 10.211.0.1/24
  address b wg0 10.211.0.2/24
}
fault() { in_ a wg set wg0 peer "$(cat "/run/$RUN.b.pub")" allowed-ips 10.211.0.99/32; }
traffic() { ping_ a 10.211.0.2; }

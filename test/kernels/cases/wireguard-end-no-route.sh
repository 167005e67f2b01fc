# The route to the peer's endpoint is gone, so that wireguard can't begin a handshake.
# nodes: a gw b
# fault: unknown wireguard-no-handshake
# besides: dropped tunnel-endpoint-unreachable, dropped no-route, unanswered no-route
. /work/wireguard.sh
build() {
  local node
  ns a gw b
  veth a e0 gw lan
  veth gw wan b e0
  address a e0 172.24.92.2/30
  address gw lan 172.24.92.1/30
  address gw wan 172.24.93.1/30
  address b e0 172.24.93.2/30
  forwards gw
  ip_ a route add 172.24.93.0/24 via 172.24.92.1
  ip_ b route add default via 172.24.93.1
  for node in a b; do
    wg genkey >"/run/$RUN.$node.key"
    wg pubkey <"/run/$RUN.$node.key" >"/run/$RUN.$node.pub"
    ip_ $node link add wg0 type wireguard
    in_ $node wg set wg0 private-key "/run/$RUN.$node.key" listen-port 51820
  done
  in_ a wg set wg0 peer "$(public b)" endpoint 172.24.93.2:51820 allowed-ips 10.177.92.2/32
  in_ b wg set wg0 peer "$(public a)" endpoint 172.24.92.2:51820 allowed-ips 10.177.92.1/32
  for node in a b; do ip_ $node link set wg0 up; done
  address a wg0 10.177.92.1/24
  address b wg0 10.177.92.2/24
}
fault() { ip_ a route del 172.24.93.0/24; }
traffic() { ping_ a 10.177.92.2; }

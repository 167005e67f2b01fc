# A route leads all into wireguard, what it sends to its peer's endpoint as well.
# nodes: a b
# fault: unknown wireguard-no-handshake
. /work/wireguard.sh
build() {
  guarded 172.20.36 10.180.10
  in_ a wg set wg0 peer "$(public b)" allowed-ips 0.0.0.0/0
}
fault() { ip_ a route add 172.20.36.2/32 dev wg0; }
traffic() { ping_ a 10.180.10.2; }

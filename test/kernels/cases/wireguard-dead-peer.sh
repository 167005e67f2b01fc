# A second peer of wireguard, where nobody answers, was given the range of the one that lives.
# nodes: a b
# fault: unknown wireguard-no-handshake
# besides: refused no-listener, dropped no-listener, unanswered no-listener
. /work/wireguard.sh
build() {
  guarded 172.24.65 10.165.0
  wg genkey | tee "/run/$RUN.dead.key" | wg pubkey >"/run/$RUN.dead.pub"
  in_ a wg set wg0 peer "$(public dead)" endpoint 172.24.65.2:52 allowed-ips 10.165.0.7/32 persistent-keepalive 0
}
fault() { in_ a wg set wg0 peer "$(public dead)" allowed-ips 10.165.0.7/32,10.165.0.2/32; }
traffic() { ping_ a 10.165.0.2; }

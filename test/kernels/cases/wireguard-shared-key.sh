# The two ends of wireguard have different preshared keys, so that no handshake comes about.
# nodes: a b
# fault: unknown wireguard-no-handshake
. /work/wireguard.sh
build() {
  guarded 172.22.26 10.191.16
  wg genpsk >"/run/$RUN.psk"
  in_ a wg set wg0 peer "$(public b)" preshared-key "/run/$RUN.psk"
  in_ b wg set wg0 peer "$(public a)" preshared-key "/run/$RUN.psk"
}
fault() {
  wg genpsk >"/run/$RUN.other"
  in_ b wg set wg0 peer "$(public a)" preshared-key "/run/$RUN.other"
}
traffic() { ping_ a 10.191.16.2; }

# Another peer of the sender's wireguard was given the destination's range, which the first one lost.
# nodes: a b c
# fault: dropped wireguard-allowed-ips
. /work/wireguard.sh
build() {
  guarded 172.20.34 10.180.9
  ns c
  veth a e1 c e0
  address a e1 172.20.35.1/24
  address c e0 172.20.35.3/24
  wg genkey >"/run/$RUN.c.key"
  wg pubkey <"/run/$RUN.c.key" >"/run/$RUN.c.pub"
  ip_ c link add wg0 type wireguard
  in_ c wg set wg0 private-key "/run/$RUN.c.key" listen-port 51 peer "$(public a)" \
    endpoint 172.20.35.1:51 allowed-ips 10.180.9.1/32
  ip_ c link set wg0 up
  address c wg0 10.180.9.3/24
  in_ a wg set wg0 peer "$(public c)" endpoint 172.20.35.3:51 allowed-ips 10.180.9.3/32
}
fault() { in_ a wg set wg0 peer "$(public c)" allowed-ips 10.180.9.2/32,10.180.9.3/32; }
traffic() { ping_ a 10.180.9.2; }

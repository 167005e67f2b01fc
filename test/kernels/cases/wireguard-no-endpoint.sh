# The sender's wireguard knows no endpoint of the peer that has the destination.
# nodes: a b
# fault: dropped tunnel-no-endpoint
. /work/wireguard.sh
build() { guarded 172.21.6 10.250.6; }
fault() {
  in_ a wg set wg0 peer "$(public b)" remove
  in_ a wg set wg0 peer "$(public b)" allowed-ips 10.250.6.2/32
}
traffic() { ping_ a 10.250.6.2; }

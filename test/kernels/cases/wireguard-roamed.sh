# The peer has another address than the sender's wireguard knows, and nobody has that one.
# nodes: a b
# fault: unknown wireguard-no-handshake
# besides: dropped neighbour-unresolved, unanswered neighbour-unresolved, dropped tunnel-endpoint-unreachable
. /work/wireguard.sh
build() { guarded 172.21.7 10.250.7; }
fault() { in_ a wg set wg0 peer "$(public b)" endpoint 172.21.7.9:51; }
traffic() { ping_ a 10.250.7.2; }

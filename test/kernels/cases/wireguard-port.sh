# The peer listens at another port than the sender's endpoint says, so that nobody takes a handshake.
# nodes: a b
# fault: unknown wireguard-no-handshake
# besides: refused no-listener, unanswered no-listener, dropped no-listener
. /work/wireguard.sh
build() { guarded 172.25.12 10.140.12; }
fault() { in_ b wg set wg0 listen-port 5151; }
traffic() { ping_ a 10.140.12.2; }

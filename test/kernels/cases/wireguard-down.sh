# The other end's wireguard device is down, so nobody takes what is sent to its port.
# nodes: a b
# fault: unknown wireguard-no-handshake
# besides: refused no-listener, dropped no-listener, unanswered no-listener
. /work/wireguard.sh
build() { guarded 172.20.62 10.190.9; }
fault() { ip_ b link set wg0 down; }
traffic() { ping_ a 10.190.9.2; }

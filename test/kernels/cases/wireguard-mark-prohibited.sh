# What wireguard sends has a mark, by which a routing rule leads it; that rule prohibits it now.
# nodes: a b
# fault: unknown wireguard-no-handshake
# besides: dropped route-blackhole, unanswered route-blackhole, dropped tunnel-endpoint-unreachable
. /work/wireguard.sh
build() {
  guarded 172.24.26 10.26.0
  in_ a wg set wg0 fwmark 0x51
  ip_ a rule add fwmark 0x51 lookup main priority 100
}
fault() {
  ip_ a rule del priority 100
  ip_ a rule add fwmark 0x51 prohibit priority 100
}
traffic() { ping_ a 10.26.0.2; }

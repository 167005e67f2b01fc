# The sender's geneve carries IP without frames (innerprotoinherit), and the receiver's one takes frames alone.
# nodes: a b
# fault: dropped tunnel-options-mismatch
# without 6.1: geneve carries IP without frames since 5.18, which Debian 12's iproute2 does not ask for
build() {
  pair a b 172.25.1
  ended a 172.25.1.2 innerprotoinherit
  ended b 172.25.1.1 innerprotoinherit
  addressed
}
# ended NODE OTHER WORDS...
ended() {
  local node=$1 other=$2
  shift 2
  ip_ $node link add gnv0 type geneve id 31 remote $other "$@"
}
addressed() { joined_by gnv0 10.217.1; }
fault() {
  ip_ b link del gnv0
  ended b 172.25.1.1
  ip_ b link set gnv0 up
  address b gnv0 10.217.1.2/24
}
traffic() { ping_ a 10.217.1.2; }

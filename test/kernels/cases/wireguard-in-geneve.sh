# wireguard goes through a geneve, whose far end has another id, so that no handshake comes about.
# nodes: a b
# fault: unknown wireguard-no-handshake
# besides: dropped tunnel-id-mismatch, unanswered tunnel-id-mismatch
build() {
  modprobe wireguard
  pair a b 172.29.10
  local node other=2 to=b
  for node in a b; do
    wg genkey >"/run/$RUN.$node.key"
    wg pubkey <"/run/$RUN.$node.key" >"/run/$RUN.$node.pub"
    ended $node 172.29.10.$other 81
    ip_ $node link add wg0 type wireguard
    other=1
  done
  other=2
  for node in a b; do
    in_ $node wg set wg0 private-key "/run/$RUN.$node.key" listen-port 51820 peer "$(cat /run/$RUN.$to.pub)" endpoint 172.29.11.$other:51820 allowed-ips 10.62.1.0/24
    other=1 to=a
  done
  joined_by gnv0 172.29.11
  joined_by wg0 10.62.1
  ip_ a neigh add 172.29.11.2 lladdr 02:00:00:00:81:02 dev gnv0
  ip_ b neigh add 172.29.11.1 lladdr 02:00:00:00:81:01 dev gnv0
}
# ended NODE OTHER ID
ended() {
  ip_ $1 link add gnv0 type geneve id $3 remote $2
  local own=1
  [ $1 = a ] || own=2
  ip_ $1 link set gnv0 address 02:00:00:00:81:0$own
}
fault() {
  ip_ b link del gnv0
  ended b 172.29.10.1 82
  ip_ b link set gnv0 up
  address b gnv0 172.29.11.2/24
}
traffic() { ping_ a 10.62.1.2; }

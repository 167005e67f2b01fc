# Two ends of wireguard, a and b.

# public NODE: its key.
public() { cat "/run/$RUN.$1.pub"; }

# guarded UNDERLAY NETWORK: a and b with each other as peers, NETWORK.1 and NETWORK.2.
guarded() {
  local node other=2 to=b
  pair a b "$1"
  for node in a b; do
    wg genkey >"/run/$RUN.$node.key"
    wg pubkey <"/run/$RUN.$node.key" >"/run/$RUN.$node.pub"
    ip_ $node link add wg0 type wireguard
  done
  for node in a b; do
    in_ $node wg set wg0 private-key "/run/$RUN.$node.key" listen-port 51 peer "$(public $to)" \
      endpoint "$1.$other:51" allowed-ips "$2.$other/32"
    other=1 to=a
  done
  joined_by wg0 "$2"
}

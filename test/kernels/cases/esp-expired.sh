# The sender's IPsec state has sent as many packets as it may, and nothing makes another one.
# nodes: a r b
# fault: dropped ipsec-policy
. /work/esp.sh
# A router encrypts for the client, in a tunnel.
build() {
  ns a r b
  veth a e0 r e0
  veth r e1 b e0
  address a e0 10.250.18.1/24
  address r e0 10.250.18.254/24
  address r e1 10.250.19.1/24
  address b e0 10.250.19.2/24
  forwards r
  ip_ a route add default via 10.250.18.254
  ip_ b route add default via 10.250.19.1
  in_ r sysctl -qw net.core.xfrm_acq_expires=2
  local node
  for node in r b; do
    tunnel $node 10.250.19.1 10.250.19.2 0x100
    tunnel $node 10.250.19.2 10.250.19.1 0x200
  done
  through r 10.250.18.1 10.250.19.2 out 10.250.19.1 10.250.19.2
  through r 10.250.19.2 10.250.18.1 fwd 10.250.19.2 10.250.19.1
  through b 10.250.19.2 10.250.18.1 out 10.250.19.2 10.250.19.1
  through b 10.250.18.1 10.250.19.2 in 10.250.19.1 10.250.19.2
}
tunnel() {
  local node=$1 from=$2 to=$3 spi=$4
  shift 4
  ip_ "$node" xfrm state add src "$from" dst "$to" proto esp spi "$spi" mode tunnel \
    aead 'rfc4106(gcm(aes))' "$KEY" 128 "$@"
}
through() {
  ip_ "$1" xfrm policy add src "$2/32" dst "$3/32" dir "$4" tmpl src "$5" dst "$6" proto esp mode tunnel
}
fault() {
  ip_ r xfrm state delete src 10.250.19.1 dst 10.250.19.2 proto esp spi 0x100
  tunnel r 10.250.19.1 10.250.19.2 0x100 limit packet-hard 1
}
traffic() { in_ a ping -n -c 4 -i 0.3 -W 1 10.250.19.2 || true; }

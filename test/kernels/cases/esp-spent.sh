# The sender's own IPsec state, in transport mode, has sent as many packets as it may, and none follows.
# nodes: a b
# fault: dropped ipsec-policy
. /work/esp.sh
build() {
  pair a b 10.250.28
  in_ a sysctl -qw net.core.xfrm_acq_expires=2
  keyed 10.250.28
  listen b tcp 7080
}
fault() {
  ip_ a xfrm state delete src 10.250.28.1 dst 10.250.28.2 proto esp spi 0x100
  state a 10.250.28.1 10.250.28.2 0x100 limit packet-hard 2
}
traffic() { ask a tcp 10.250.28.2 7080; }

# The receiver's IPsec state was made for TCP alone (its selector), and what comes by it is a ping.
# nodes: a b
# fault: dropped ipsec-policy
. /work/esp.sh
build() { pair a b 10.37.0; keyed 10.37.0; }
fault() {
  ip_ b xfrm state del src 10.37.0.1 dst 10.37.0.2 proto esp spi 0x100
  state b 10.37.0.1 10.37.0.2 0x100 sel src 10.37.0.1/32 dst 10.37.0.2/32 proto tcp
}
traffic() { ping_ a 10.37.0.2; }

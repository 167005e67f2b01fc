# The receiver has no IPsec state with the SPI that the sender's packets carry, as after one end's restart.
# nodes: a b
# fault: dropped ipsec-policy
. /work/esp.sh
build() { pair a b 10.250.16; keyed 10.250.16; }
fault() {
  ip_ b xfrm state delete src 10.250.16.1 dst 10.250.16.2 proto esp spi 0x100
  state b 10.250.16.1 10.250.16.2 0x101
}
traffic() { ping_ a 10.250.16.2; }

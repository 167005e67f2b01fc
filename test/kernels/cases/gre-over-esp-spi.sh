# GRE inside ESP in transport mode, as routers join their sites; the far end's state has another SPI.
# nodes: a b
# fault: dropped ipsec-policy
. /work/esp.sh
build() {
  pair a b 172.27.2
  keyed 172.27.2
  ip_ a link add g0 type gre local 172.27.2.1 remote 172.27.2.2
  ip_ b link add g0 type gre local 172.27.2.2 remote 172.27.2.1
  joined_by g0 10.130.0
}
fault() {
  ip_ b xfrm state del src 172.27.2.1 dst 172.27.2.2 proto esp spi 0x100
  state b 172.27.2.1 172.27.2.2 0x101
}
traffic() { ping_ a 10.130.0.2; }

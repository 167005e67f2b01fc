# The receiver's IPsec state has seen higher numbers, as after the sender's restart: these are a replay.
# nodes: a b
# fault: dropped ipsec-policy
. /work/esp.sh
build() { pair a b 10.184.0; keyed 10.184.0; }
fault() {
  ip_ b xfrm state delete src 10.184.0.1 dst 10.184.0.2 proto esp spi 0x100
  state b 10.184.0.1 10.184.0.2 0x100 replay-window 32 replay-seq 1000
}
traffic() { ping_ a 10.184.0.2; }

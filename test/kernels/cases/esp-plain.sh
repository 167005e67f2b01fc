# The receiver's policy wants IPsec, and the sender has no policy, so that it sends in the clear.
# nodes: a b
# fault: dropped ipsec-policy
. /work/esp.sh
build() { pair a b 10.250.17; keyed 10.250.17; }
fault() {
  ip_ a xfrm policy flush
  ip_ a xfrm state flush
}
traffic() { ping_ a 10.250.17.2; }

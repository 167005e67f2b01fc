# The two ends of a geneve tunnel use different UDP ports, so that no question for its link address is answered.
# nodes: a b
# fault: dropped tunnel-blocked
build() {
  pair a b 172.21.5
  geneve a 172.21.5.2 6081
  geneve b 172.21.5.1 6081
  ends
}
geneve() { ip_ "$1" link add g0 type geneve id 7 remote "$2" dstport "$3"; }
ends() {
  joined_by g0 10.250.5
}
fault() {
  ip_ b link del g0
  ip_ a addr flush dev g0
  geneve b 172.21.5.1 6082
  ends
}
traffic() { ping_ a 10.250.5.2; }

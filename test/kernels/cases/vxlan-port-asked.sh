# The two ends of a vxlan use different UDP ports: 4789 is IANA's, 8472 that of Linux, so that no question for its link address is answered.
# nodes: a b
# fault: dropped tunnel-blocked
build() {
  pair a b 172.21.1
  vxlan a 172.21.1.2 4789
  vxlan b 172.21.1.1 4789
  ends
}
vxlan() { ip_ "$1" link add vx0 type vxlan id 7 remote "$2" dstport "$3"; }
ends() {
  joined_by vx0 10.250.1
}
fault() {
  ip_ b link del vx0
  ip_ a addr flush dev vx0
  vxlan b 172.21.1.1 8472
  ends
}
traffic() { ping_ a 10.250.1.2; }

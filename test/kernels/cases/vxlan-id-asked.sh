# The two ends of a vxlan have different VNIs, so that no question for its link address is answered.
# nodes: a b
# fault: dropped tunnel-id-mismatch
build() {
  pair a b 172.20.9
  vxlan b 7 172.20.9.1
  vxlan a 7 172.20.9.2
  address a vx0 10.242.0.1/24
  address b vx0 10.242.0.2/24
}
vxlan() {
  ip_ "$1" link add vx0 type vxlan id "$2" remote "$3" dstport 4789
  ip_ "$1" link set vx0 up
}
fault() {
  ip_ b link del vx0
  vxlan b 8 172.20.9.1
  address b vx0 10.242.0.2/24
}
traffic() { ping_ a 10.242.0.2; }

# A port of the switch becomes isolated while two hosts talk, as the other's already is.
# nodes: a sw b
# fault: dropped bridge-port-isolated
build() {
  ns a sw b
  ip_ sw link add br0 type bridge
  ip_ sw link set br0 up
  veth a e0 sw pa
  veth b e0 sw pb
  ip_ sw link set pa master br0
  ip_ sw link set pb master br0
  in_ sw bridge link set dev pa isolated on
  address a e0 10.112.0.1/24
  address b e0 10.112.0.2/24
  touch /tmp/$RUN.whole
}
fault() { rm /tmp/$RUN.whole; }
traffic() {
  ping_ a 10.112.0.2
  if [ ! -e /tmp/$RUN.whole ]; then in_ sw bridge link set dev pb isolated on; fi
  ping_ a -c 3 10.112.0.2
}

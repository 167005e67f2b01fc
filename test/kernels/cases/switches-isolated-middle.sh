# Three switches in a row; both ports of the middle one are isolated.
# nodes: pc sw1 sw2 sw3 nas
# fault: dropped bridge-port-isolated
. /work/switches.sh
build() { switches 10.91.2; }
fault() {
  in_ sw2 bridge link set dev p1 isolated on
  in_ sw2 bridge link set dev p2 isolated on
}
traffic() { ping_ pc 10.91.2.2; }

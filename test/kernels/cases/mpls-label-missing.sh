# The router in the middle has no route for the label that the first one gives.
# nodes: left pe1 p pe2 right
# fault: dropped mpls-label-unknown
. /work/mpls.sh
build() {
  backbone 10.102
}
fault() { ip_ p -f mpls route del 100; }
traffic() { ping_ left 10.102.2.2; }

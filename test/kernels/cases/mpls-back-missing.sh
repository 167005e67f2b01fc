# The last router of a backbone of MPLS has no route for the label that answers come with.
# nodes: left pe1 p pe2 right
# fault: dropped mpls-label-unknown
. /work/mpls.sh
build() {
  backbone 10.103
  listen right tcp 8080
}
fault() { ip_ pe1 -f mpls route del 400; }
traffic() { ask left tcp 10.103.2.2 8080; }

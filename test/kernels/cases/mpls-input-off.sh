# The router in the middle takes no labels on the device that the asker's packets come by.
# nodes: left pe1 p pe2 right
# fault: dropped mpls-label-unknown
. /work/mpls.sh
build() {
  backbone 10.101
}
fault() { in_ p sysctl -qw net.mpls.conf.e0.input=0; }
traffic() { ping_ left 10.101.2.2; }

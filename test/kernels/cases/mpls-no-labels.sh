# A router of a backbone of MPLS may have no labels (platform_labels), as after a restart without its settings.
# nodes: left pe1 p pe2 right
# fault: dropped mpls-label-unknown
. /work/mpls.sh
build() {
  backbone 10.104
}
fault() { in_ pe2 sysctl -qw net.mpls.platform_labels=0; }
traffic() { ping_ left 10.104.2.2; }

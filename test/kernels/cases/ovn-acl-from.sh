# An ACL of OVN on what pods send (from-lport) drops one pod's answers; the questions reach it.
# nodes: node=node,a b
# fault: dropped openvswitch-drop
. /work/ovn.sh
build() {
  switched 10.82.21
  listen b tcp 8080
}
fault() {
  nb_ node acl-add sw0 from-lport 1002 'inport == "b" && tcp.src == 8080' drop
  nb_ node --wait=hv sync
}
traffic() { ask a tcp 10.82.21.2 8080; told node; }

# An ACL of OVN drops what the one pod asks the other, and logs it, so that the controller has it.
# nodes: node=node,a b
# fault: dropped openvswitch-drop
. /work/ovn.sh
build() { switched 10.82.1; }
fault() {
  nb_ node --name=no-pings acl-add sw0 to-lport 1001 'outport == "b" && icmp4' drop
  nb_ node --wait=hv sync
}
traffic() { asks a 10.82.1.2; told node; }

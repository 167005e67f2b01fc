# The vxlan port sends to another UDP port than the peer's tunnel listens at.
# nodes: node=node,host peer
# fault: dropped tunnel-blocked
. /work/ovs.sh
build() { tunnelled; }
fault() { vs_ node set interface vx0 options:dst_port=8472; }
traffic() { asks host 10.77.0.2; told node; }

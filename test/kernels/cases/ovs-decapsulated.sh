# A flow drops what has come out of the tunnel.
# nodes: node=node,host peer
# fault: dropped openvswitch-drop
. /work/ovs.sh
build() { tunnelled; }
fault() { flow_ node br-tun "priority=300,icmp,icmp_type=8,in_port=2,nw_src=10.77.0.2,actions=drop"; }
traffic() { asks peer 10.77.0.1; told node; }

# The peer has no tunnel of the network that the flow chooses.
# nodes: node=node,host peer
# fault: dropped tunnel-id-mismatch
. /work/ovs.sh
build() { tunnelled; }
fault() { flow_ node br-tun "priority=200,ip,in_port=1,actions=set_field:79->tun_id,output:2"; }
traffic() { asks host 10.77.0.2; told node; }

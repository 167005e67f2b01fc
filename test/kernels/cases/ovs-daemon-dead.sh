# ovs-vswitchd has died, and no flow of its datapath knows what the pod asks.
# nodes: node=node,a b
# fault: dropped openvswitch-drop
. /work/ovs.sh
build() {
  behind 10.81.11
  flow_ node br0 "priority=100,in_port=20,actions=output:21"
  flow_ node br0 "priority=100,in_port=21,actions=output:20"
}
fault() { kill -9 "$(cat "$(ovs_home node)/vs.pid")"; }
traffic() { asks a 10.81.11.2; }

# A flow sends TCP to one port of a pod to a port that the bridge does not have; another one drops what is asked at a second port.
# nodes: node=node,a b
# fault: dropped openvswitch-drop
. /work/ovs.sh
build() {
  behind 10.228.1
  flow_ node br0 "priority=100,in_port=20,actions=output:21"
  flow_ node br0 "priority=100,in_port=21,actions=output:20"
  listen b tcp 8080
  listen b tcp 8081
}
fault() {
  flow_ node br0 "cookie=0x51,priority=200,tcp,in_port=20,tp_dst=8080,actions=output:77"
  flow_ node br0 "cookie=0x52,priority=200,tcp,in_port=20,tp_dst=8081,actions=drop"
}
traffic() { ask a tcp 10.228.1.2 8080; ask a tcp 10.228.1.2 8081; asks a 10.228.1.2; told node; }

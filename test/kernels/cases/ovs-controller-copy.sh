# Flows hand each packet on, and a copy to a controller that is not there; then only to the controller.
# nodes: node=node,a b
# fault: unknown
. /work/ovs.sh
build() {
  behind 10.174.0
  flow_ node br0 "priority=100,in_port=20,actions=controller,output:21"
  flow_ node br0 "priority=100,in_port=21,actions=controller,output:20"
}
fault() { flow_ node br0 "cookie=0x74,priority=100,in_port=20,actions=controller"; }
traffic() { asks a 10.174.0.2; told node; }

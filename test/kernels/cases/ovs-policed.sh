# The interface's policing takes what is more than a kilobit a second of what the pod sends.
# nodes: node=node,a b
# fault: dropped traffic-control-drop
. /work/ovs.sh
build() {
  behind 10.191.33
  flow_ node br0 "priority=100,in_port=20,actions=output:21"
  flow_ node br0 "priority=100,in_port=21,actions=output:20"
}
fault() { vs_ node set interface pa ingress_policing_rate=1 ingress_policing_burst=1; sleep 2; }
traffic() { asks a 10.191.33.2 -s 1200; told node; }

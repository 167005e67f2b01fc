# ovs-vswitchd was started anew, and nobody has written the flows of its bridge in secure mode since.
# nodes: node=node,a b
# fault: dropped openvswitch-drop
. /work/ovs.sh
build() {
  behind 10.65.1
  written
}
written() {
  flow_ node br0 "priority=100,in_port=20,actions=output:21"
  flow_ node br0 "priority=100,in_port=21,actions=output:20"
}
fault() {
  local home
  home=$(ovs_home node)
  app_ node exit
  sleep 3
  ovs_in node ip netns exec "$RUN.node" ovs-vswitchd "unix:$home/db.sock" --pidfile="$home/vs.pid" --detach --no-chdir --log-file="$home/vs.log"
}
traffic() { asks a 10.65.1.2; told node; }

# ovs-vswitchd stands still, and more new flows come than its sockets hold; a flow drops the others.
# nodes: node=node,a b
# fault: unknown openvswitch-drop
. /work/ovs.sh
build() {
  behind 10.81.12
  local device
  for device in pa pb; do ip_ node link set $device mtu 65000; done
  for device in a b; do ip_ $device link set eth0 mtu 65000; done
  flow_ node br0 "priority=100,in_port=20,actions=output:21"
  flow_ node br0 "priority=100,in_port=21,actions=output:20"
  listen b udp 9000
  touch "/run/$RUN.runs"
}
fault() {
  rm "/run/$RUN.runs"
  flow_ node br0 "priority=200,in_port=20,actions=drop"
}
traffic() {
  # Of the healthy one each datagram waits for its answer.
  if [ -e "/run/$RUN.runs" ]; then
    in_ a python3 /work/flood.py 10.81.12.2 9000 4 60000 6
  else
    kill -STOP "$(cat "$(ovs_home node)/vs.pid")"
    in_ a python3 /work/flood.py 10.81.12.2 9000 200 60000 0
    kill -CONT "$(cat "$(ovs_home node)/vs.pid")"
  fi
  told node
}

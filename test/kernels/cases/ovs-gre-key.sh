# A GRE port of Open vSwitch takes its key from the flow, and the peer's tunnel has another one.
# nodes: node=node,host peer
# fault: dropped tunnel-id-mismatch
. /work/ovs.sh
build() {
  modprobe vport-gre
  ns node host peer
  ovs node
  veth node u0 peer u0
  address node u0 172.22.34.1/24
  address peer u0 172.22.34.2/24
  vs_ node add-br br-tun -- set bridge br-tun fail_mode=secure
  veth node h1p host eth0
  address host eth0 10.191.34.1/24
  port node br-tun h1p 1
  port node br-tun gre0 2 type=gre options:remote_ip=172.22.34.2 options:key=flow
  ip_ peer link add tap0 type gretap local 172.22.34.2 remote 172.22.34.1 key 61
  ip_ peer link set tap0 up
  address peer tap0 10.191.34.2/24
  ip_ host neigh add 10.191.34.2 dev eth0 lladdr "$(mac peer tap0)" nud permanent
  ip_ peer neigh add 10.191.34.1 dev tap0 lladdr "$(mac host eth0)" nud permanent
  flow_ node br-tun "priority=100,in_port=1,actions=set_field:61->tun_id,output:2"
  flow_ node br-tun "priority=100,in_port=2,actions=output:1"
}
fault() { flow_ node br-tun "priority=100,in_port=1,actions=set_field:62->tun_id,output:2"; }
traffic() { asks host 10.191.34.2; told node; }

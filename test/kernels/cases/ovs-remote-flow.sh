# A tunnel port takes its other end from the flow (remote_ip=flow), and the flow names an address that nobody has.
# nodes: node=node,host peer
# fault: dropped tunnel-endpoint-unreachable
. /work/ovs.sh
build() {
  ns node host peer
  ovs node
  veth node u0 peer u0
  address node u0 172.29.12.1/24
  address peer u0 172.29.12.2/24
  vs_ node add-br br-tun -- set bridge br-tun fail_mode=secure
  veth node h1p host eth0
  address host eth0 10.64.1.1/24
  port node br-tun h1p 1
  port node br-tun vx0 2 type=vxlan options:remote_ip=flow options:key=flow
  ip_ peer link add vx type vxlan id 64 remote 172.29.12.1 dstport 4789 dev u0
  ip_ peer link set vx up
  address peer vx 10.64.1.2/24
  ip_ host neigh add 10.64.1.2 dev eth0 lladdr "$(mac peer vx)" nud permanent
  ip_ peer neigh add 10.64.1.1 dev vx lladdr "$(mac host eth0)" nud permanent
  ended 172.29.12.2
  flow_ node br-tun "priority=100,in_port=2,tun_src=172.29.12.2,actions=output:1"
}
ended() { flow_ node br-tun "priority=100,in_port=1,actions=set_field:64->tun_id,set_field:$1->tun_dst,output:2"; }
fault() { ended 172.29.12.9; }
traffic() { asks host 10.64.1.2; told node; sleep 3; }

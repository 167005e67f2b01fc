# The geneve port leads to an address on the same link that no machine has (any more).
# nodes: node=node,host peer
# fault: dropped tunnel-endpoint-unreachable
. /work/ovs.sh
build() {
  modprobe vport-geneve
  ns node host peer
  ovs node
  veth node u0 peer u0
  address node u0 172.31.2.1/24
  address peer u0 172.31.2.2/24
  vs_ node add-br br-tun -- set bridge br-tun fail_mode=secure
  veth node h1p host eth0
  address host eth0 10.78.0.1/24
  port node br-tun h1p 1
  port node br-tun gn0 2 type=geneve options:remote_ip=172.31.2.2 options:key=78
  port node br-tun gn9 3 type=geneve options:remote_ip=172.31.2.9 options:key=78
  ip_ peer link add gn type geneve id 78 remote 172.31.2.1 dev u0 2>/dev/null ||
    ip_ peer link add gn type geneve id 78 remote 172.31.2.1
  ip_ peer link set gn up
  address peer gn 10.78.0.2/24
  ip_ host neigh add 10.78.0.2 dev eth0 lladdr "$(mac peer gn)" nud permanent
  ip_ peer neigh add 10.78.0.1 dev gn lladdr "$(mac host eth0)" nud permanent
  flow_ node br-tun "priority=100,ip,in_port=1,actions=output:2"
  flow_ node br-tun "priority=100,ip,in_port=2,actions=output:1"
}
fault() { flow_ node br-tun "priority=200,ip,in_port=1,actions=output:3"; }
traffic() { asks host 10.78.0.2; told node; }

# No route leads to the remote end of the tunnel that the flow chooses.
# nodes: node=node,host peer
# fault: dropped tunnel-endpoint-unreachable
. /work/ovs.sh
build() {
  tunnelled
  port node br-tun vx9 4 type=vxlan options:remote_ip=172.31.9.9 options:key=flow
}
fault() { flow_ node br-tun "priority=200,ip,in_port=1,actions=set_field:77->tun_id,output:4"; }
traffic() { asks host 10.77.0.2; told node; }

# Two nodes with a vxlan port whose key comes from flows; the far one answers by a key that no flow of the near one takes.
# nodes: node1=node1,a node2=node2,b
# fault: dropped openvswitch-drop
. /work/ovs.sh
build() {
  ns node1 node2 a b
  veth node1 u0 node2 u0
  address node1 u0 172.27.1.1/24
  address node2 u0 172.27.1.2/24
  half node1 a 1 2
  half node2 b 2 1
  ip_ a neigh add 10.229.1.2 dev eth0 lladdr "$(mac b eth0)" nud permanent
  ip_ b neigh add 10.229.1.1 dev eth0 lladdr "$(mac a eth0)" nud permanent
}
# half NODE POD OWN OTHER
half() {
  ovs "$1"
  vs_ "$1" add-br br-int -- set bridge br-int fail_mode=secure
  veth "$1" veth0 "$2" eth0
  address "$2" eth0 10.229.1.$3/24
  port "$1" br-int veth0 1
  port "$1" br-int vx0 2 type=vxlan options:remote_ip=172.27.1.$4 options:key=flow
  flow_ "$1" br-int "priority=100,in_port=1,actions=set_field:0x51->tun_id,output:2"
  flow_ "$1" br-int "priority=100,in_port=2,tun_id=0x51,actions=output:1"
}
fault() { flow_ node2 br-int "priority=100,in_port=1,actions=set_field:0x52->tun_id,output:2"; }
traffic() { asks a 10.229.1.2; told node1; told node2; }

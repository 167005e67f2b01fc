# Three bridges with patch ports between them; the middle one drops what the server answers, and passes the questions.
# nodes: node=node,a b
# fault: dropped openvswitch-drop
. /work/ovs.sh
build() {
  ns node a b
  ovs node
  local bridge
  for bridge in br-a br-mid br-b; do vs_ node add-br $bridge -- set bridge $bridge fail_mode=secure; done
  veth node pa a eth0
  veth node pb b eth0
  port node br-a pa 1
  port node br-a a-mid 2 type=patch options:peer=mid-a
  port node br-mid mid-a 1 type=patch options:peer=a-mid
  port node br-mid mid-b 2 type=patch options:peer=b-mid
  port node br-b b-mid 1 type=patch options:peer=mid-b
  port node br-b pb 2
  address a eth0 10.226.1.1/24
  address b eth0 10.226.1.2/24
  for bridge in br-a br-mid br-b; do
    flow_ node $bridge "priority=10,in_port=1,actions=output:2"
    flow_ node $bridge "priority=10,in_port=2,actions=output:1"
  done
  listen b tcp 5432
}
fault() { flow_ node br-mid "cookie=0x77,priority=90,tcp,in_port=2,tp_src=5432,actions=drop"; }
traffic() { asks a 10.226.1.2; ask a tcp 10.226.1.2 5432; told node; }

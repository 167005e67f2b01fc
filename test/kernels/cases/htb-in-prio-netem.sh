# Three queues in one another: a band of prio has an htb, whose class for this host has a netem that loses all.
# nodes: a b c
# fault: dropped traffic-control-drop
build() {
  ns a b c
  ip_ a link add lan type bridge
  ip_ a link set lan up
  local node
  for node in b c; do
    veth a p$node $node e0
    ip_ a link set p$node master lan
  done
  address a lan 10.221.1.1/24
  address b e0 10.221.1.2/24
  address c e0 10.221.1.3/24
  tc_ a qdisc add dev lan root handle 1: prio bands 3 priomap 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1
  tc_ a qdisc add dev lan parent 1:2 handle 20: htb default 2
  tc_ a class add dev lan parent 20: classid 20:1 htb rate 10mbit
  tc_ a class add dev lan parent 20: classid 20:2 htb rate 10mbit
  tc_ a qdisc add dev lan parent 20:1 handle 30: netem delay 2ms
  tc_ a filter add dev lan parent 20: protocol ip prio 3 u32 match ip dst 10.221.1.2/32 classid 20:1
}
fault() { tc_ a qdisc change dev lan parent 20:1 handle 30: netem loss 100%; }
traffic() { ping_ a 10.221.1.3; ping_ a 10.221.1.2; }

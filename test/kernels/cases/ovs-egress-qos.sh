# The port to the other pod has a QoS of linux-htb that lets a kilobyte a second pass, and a burst is more than its queue holds.
# nodes: node=node,a b
# fault: dropped queue-overflow
# besides: slow shaped
. /work/ovs.sh
build() {
  behind 10.227.1
  flow_ node br0 "priority=100,in_port=20,actions=output:21"
  flow_ node br0 "priority=100,in_port=21,actions=output:20"
  listen b udp 9
}
fault() {
  vs_ node set port pb qos=@q -- --id=@q create qos type=linux-htb other-config:max-rate=8000 queues:0=@z -- --id=@z create queue other-config:max-rate=8000 other-config:burst=8000
  sleep 2
  tc_ node qdisc replace dev pb parent 1:1 handle 11: pfifo limit 2
}
traffic() { burst a 10.227.1.2 9 12; told node; }

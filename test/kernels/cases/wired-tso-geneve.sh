# A geneve over cards that take TCP in pieces of 64 KiB; a filter of tc on the far one's drops what came.
# nodes: a b
# far: b
# wire: tso
# fault: dropped traffic-control-drop
build() {
  wired a b 172.22.10
  ip_ a link add g0 type geneve id 30 remote 172.22.10.2
  ip_ b link add g0 type geneve id 30 remote 172.22.10.1
  joined_by g0 10.222.10
  listen b bulk 5001
}
fault() {
  tc_ b qdisc add dev g0 clsact
  tc_ b filter add dev g0 ingress protocol ip flower ip_proto tcp dst_port 5001 tcp_flags 0x8/0x8 action drop
}
traffic() { bulk a 10.222.10.2 5001 262144; }
